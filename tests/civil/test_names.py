import pytest

from civil.names import plain_name


@pytest.mark.parametrize(
    "spelling", ["職員０１", "職員01", "職員 01", "職員　０１", "職員01 ", "\u3000職員０１", "職員\t01\n"]
)
def test_one_person_has_one_name_however_it_is_spelled(spelling: str) -> None:
    assert plain_name(spelling) == "職員01"


def test_letters_are_alike_in_any_case_and_width() -> None:
    assert plain_name("Ａｓｈｉｋａｇａ Hanako") == plain_name("ASHIKAGA HANAKO") != plain_name("Ashikaga Taro")


@pytest.mark.parametrize("blank", ["", " ", "\u3000\t"])
def test_a_blank_name_is_none(blank: str) -> None:
    assert plain_name(blank) == ""
