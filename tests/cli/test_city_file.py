"""The file in which a city writes its settings: what is wrong is told with its place, and nothing wrong is stored."""

from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest

from issuance_db.city_settings import CityRows, Fee, Hours, MayorTerm, Municipality, Retirement, SealTerm, TaxYear
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
    assert [(row.kind, row.year, row.until) for row in written.rows.tax_years] == [
        ("tax_assessment", 2025, date(2026, 5, 31)),
        ("tax_income", 2025, date(2026, 5, 31)),
        ("tax_assessment", 2026, None),
        ("tax_income", 2026, None),
    ]


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
        ("until = 2026-05-31", "until = 2025-05-31", "tax_year[1].until: from より前の日です"),
        ("year = 2026", "year = 2025", "tax_year[2]: tax_assessment の 2025 が既にあります"),
        ("year = 2026", "year = 8", "tax_year[2].year: 値が正しくありません"),
        (
            "# [[retired]]",
            '[[retired]]\nkind = "tax_income"\nlast_day = 2026-01-01\n[[retired]]\nkind = "tax_income"\nlast_day = 2026-01-01\n#',
            "retired[2]: tax_income が既にあります",
        ),
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


YEAR = TaxYear("tax_income", 2025, date(2025, 6, 10), None)
LAST_DAY = Retirement("tax_payment", date(2027, 3, 31))


def test_a_tax_year_is_given_its_last_day_and_a_new_one_is_added() -> None:
    stored = replace(STORED, tax_years=(YEAR,))
    ended = replace(YEAR, until=date(2026, 5, 31))
    newer = replace(YEAR, year=2026, start=date(2026, 6, 10))
    done = changes(stored, replace(STORED, tax_years=(ended, newer)))
    assert (done.added.tax_years, done.ended_tax_years) == ((newer,), (ended,))
    again = changes(replace(STORED, tax_years=(ended, newer)), replace(STORED, tax_years=(ended, newer)))
    assert (again.added.tax_years, again.ended_tax_years) == ((), ())


def test_a_kind_is_given_its_last_day_once() -> None:
    assert changes(STORED, replace(STORED, retirements=(LAST_DAY,))).added.retirements == (LAST_DAY,)
    stored = replace(STORED, retirements=(LAST_DAY,))
    assert changes(stored, stored).added.retirements == ()


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (replace(STORED, tax_years=(replace(YEAR, start=date(2025, 6, 11)),)), "tax_year tax_income 2025: 2025-06-10"),
        (
            replace(STORED, retirements=(replace(LAST_DAY, last_day=date(2027, 4, 1)),)),
            "retired tax_payment: 2027-03-31",
        ),
    ],
)
def test_a_tax_year_or_a_last_day_is_not_moved(written: CityRows, told: str) -> None:
    with pytest.raises(CityContradicted) as refused:
        changes(replace(STORED, tax_years=(YEAR,), retirements=(LAST_DAY,)), written)
    assert told in str(refused.value)
