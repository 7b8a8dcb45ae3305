import re

from civil.places import Town, towns
from civil.text import require_printable


def test_the_towns_of_ashikaga_are_all_there() -> None:
    assert len(towns()) == 115
    assert Town("3260052", "相生町", "アイオイチョウ") in towns()
    assert Town("3294217", "駒場町", "コマバチョウ") in towns()


def test_each_town_has_a_postal_code_and_a_reading_of_its_own_kind() -> None:
    for town in towns():
        assert re.fullmatch(r"326\d{4}|32942\d{2}", town.postal_code)
        assert re.fullmatch(r"[ァ-ヶー]+", town.kana)
        assert require_printable("town", town.name, 20)


def test_no_town_comes_twice_and_none_is_a_catch_all() -> None:
    assert len({town.name for town in towns()}) == len({town.postal_code for town in towns()}) == len(towns())
    assert not any("掲載" in town.name for town in towns())
