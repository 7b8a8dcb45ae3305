"""The file in which a city writes its settings: what is wrong is told with its place, and nothing wrong is stored."""

from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest

from issuance_db.city_settings import CityRows, Fee, Hours, MayorTerm, Municipality, SealTerm
from kiosk_server.city_file import CityContradicted, CityFileWrong, changes, read_city_file
from pdf import draw_specimen_seal
from tests.cli.command import ROOT

EXAMPLE = (ROOT / "docs" / "city-example.toml").read_text(encoding="utf-8")
STORED = CityRows(
    Municipality("足利市", my_number_allowed=True, minimum_age=15),
    (MayorTerm(date(2020, 4, 1), None, "足利市長", "見本　太郎"),),
    (SealTerm(date(2020, 4, 1), None, b"seal"),),
    (Fee("resident_record", "centre", date(2020, 4, 1), 200),),
    (Hours("resident_record", 1, time(6, 30), time(23)),),
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "official-seal.png").write_bytes(draw_specimen_seal("見本市長之印"))
    return tmp_path / "city.toml"


def test_the_example_of_the_documentation_is_right(file: Path) -> None:
    file.write_text(EXAMPLE, encoding="utf-8")
    written = read_city_file(file)
    assert written.municipality_code == "092029"
    assert [mayor.until for mayor in written.rows.mayors] == [date(2026, 4, 30), None]
    assert [(fee.channel, fee.yen) for fee in written.rows.fees] == [("centre", 200), ("terminal", 150)]
    assert {(row.opens_at, row.closes_at) for row in written.rows.hours} == {(time(6, 30), time(23))}
    assert [row.weekday for row in written.rows.hours] == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ('"092029"', '"092028"', "municipality_code: 検査数字を含む6桁で"),
        ("minimum_age = 15", "", "minimum_age: ありません"),
        ("my_number_allowed", "my_numbers_allowed", "my_numbers_allowed: そのような項目はありません"),
        ("yen = 150", "yen = -1", "fee[2].yen: 値が正しくありません"),
        ("yen = 150", 'yen = "150"', "fee[2].yen: 値が正しくありません"),
        ('"terminal"', '"centre"', "fee[2]: 同じ kind・channel・from が既にあります"),
        (
            "until = 2026-04-30",
            "until = 2026-05-01",
            "mayor: from 2020-04-01 の until が次の from 2026-05-01 と重なります",
        ),
        ("until = 2026-04-30", "until = 2020-03-31", "mayor[1].until: from より前の日です"),
        ("from = 2026-05-01", "from = 2020-04-01", "mayor: from 2020-04-01 が2つあります"),
        ("見本　花子", "見本\\u202e花子", "mayor[2].name: 書字方向"),
        ("見本　花子", "", "mayor[2].name: 空です"),
        ("見本　花子", "見本　\\U000323AF", "mayor[2]: 証明書に印刷できません"),
        ("見本　花子", "長" * 61, "mayor[2].name: 文字数超過"),
        ("official-seal.png", "nowhere.png", "official_seal[1].image: nowhere.png を読めません"),
        ("official-seal.png", "city.toml", "official_seal[1].image: 証明書に印刷できません"),
        ('"6:30"', '"6.30"', "hours[1].opens"),
        ('"23:00"', '"6:30"', "hours[1].closes: opens より後に"),
        ('"mon", "tue"', '"mon", "mon"', "hours[1]: mon の時間が hours[1] と重なります"),
        ('"mon"', '"monday"', "hours[1].weekdays[1]: 値が正しくありません"),
        ('name = "足利市"', "name = 足利市", "TOML として読めません"),
    ],
)
def test_a_fault_is_told_with_its_place(file: Path, right: str, wrong: str, told: str) -> None:
    assert right in EXAMPLE
    file.write_text(EXAMPLE.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(CityFileWrong) as refused:
        read_city_file(file)
    assert told in str(refused.value)


def test_every_fault_is_told_at_once(file: Path) -> None:
    file.write_text(EXAMPLE.replace("yen = 150", "yen = -1").replace('"092029"', '"0"'), encoding="utf-8")
    with pytest.raises(CityFileWrong) as refused:
        read_city_file(file)
    assert len(str(refused.value).splitlines()) == 3


def test_what_is_stored_is_not_added_again_and_what_is_left_out_stays() -> None:
    assert changes(STORED, STORED).added == CityRows()
    assert changes(STORED, replace(STORED, fees=(), mayors=(), hours=())).added == CityRows()
    assert changes(CityRows(), STORED).added == STORED


def test_the_last_day_of_a_mayor_or_seal_becomes_known_once() -> None:
    until = date(2027, 3, 31)
    ended = replace(
        STORED,
        mayors=(replace(STORED.mayors[0], until=until),),
        seals=(replace(STORED.seals[0], until=until),),
    )
    found = changes(STORED, ended)
    assert found.added == CityRows()
    assert (found.ended_mayors, found.ended_seals) == (ended.mayors, ended.seals)
    for other in (STORED, replace(ended, mayors=(replace(STORED.mayors[0], until=date(2027, 4, 1)),))):
        with pytest.raises(CityContradicted):
            changes(ended, other)


@pytest.mark.parametrize(
    "contradiction",
    [
        {"municipality": Municipality("別の市", my_number_allowed=True, minimum_age=15)},
        {"mayors": (MayorTerm(date(2020, 4, 1), None, "足利市長", "別の人"),)},
        {"mayors": (MayorTerm(date(2019, 4, 1), None, "足利市長", "別の人"),)},
        {"seals": (SealTerm(date(2020, 4, 1), None, b"another"),)},
        {"fees": (Fee("resident_record", "centre", date(2020, 4, 1), 300),)},
        {"fees": (Fee("resident_record", "centre", date(2019, 4, 1), 200),)},
        {"hours": (Hours("resident_record", 1, time(8), time(23)),)},
        {"hours": (Hours("resident_record", 2, time(6, 30), time(23)),)},
    ],
)
def test_a_contradiction_is_refused(contradiction: dict[str, object]) -> None:
    with pytest.raises(CityContradicted):
        changes(STORED, replace(STORED, **contradiction))  # type: ignore[arg-type]
