"""S1-4: population, households and movements, and that they add up between any two days."""

import asyncio
import csv
import io
import itertools
import zipfile
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from civil.age import age_on
from civil.prefectures import PREFECTURES
from civil.recorded_date import RecordedDate
from civil.sex import Sex
from kiosk_server.cli.entry import run
from kiosk_server.cli.registry_files import statistics_files
from kiosk_server.cli.registry_tables import age_class, tables
from kiosk_server.demo.city import AS_OF, generate_city
from registry.residents import (
    Cause,
    Counted,
    Households,
    Moved,
    Population,
    city_transaction,
    imbalance,
    movements,
    natural_increase,
    number_of,
    persons_as_of,
    population,
    social_increase,
)
from registry.residents.counting_people import day_begins
from tests.registry.office import CITY, FOREIGN, NOW, TODAY, Office, days_ago, someone
from tests.registry.town import Town

ONE, TWO, THREE = (number_of(serial) for serial in range(1, 4))
TOMORROW, LATER = TODAY + timedelta(days=1), NOW + timedelta(days=1)
"""People are loaded on TODAY; what happens to them is recorded on the day after."""
AWAY = {"move_out_address": "東京都足立区見本町１番地"}
KOSEKI = {"name": "見本　花子", "domicile": "栃木県足利市通二丁目１番地", "first_registrant": "見本　花子"}
NONE = Population(TODAY, (), ())


async def _moved(office: Office, since: date = TOMORROW, until: date = TOMORROW + timedelta(days=1)) -> list[Moved]:
    async with city_transaction(office.connection, office.city):
        moved = await movements(office.connection, office.city, since, until)
        before, after = [await population(office.connection, office.city, day) for day in (since, until)]
    assert imbalance(before, moved, after) == {}
    return sorted(moved, key=lambda one: (one.cause.name, one.is_entry))


async def _told(office: Office) -> list[tuple[bool, Cause, bool, str | None, int]]:
    return [(one.is_entry, one.cause, one.is_foreign, one.place, one.persons) for one in await _moved(office)]


async def _counted(office: Office, on: date) -> Population:
    async with city_transaction(office.connection, office.city):
        return await population(office.connection, office.city, on)


async def test_s1_4_population_counts_towns_sorts_and_ages_of_the_day(office: Office) -> None:
    unknown = RecordedDate.uncertain("昭和10年月日不詳")
    await office.load(
        someone(1, birth=RecordedDate(date(2000, 11, 24)), sex=Sex.MALE),
        someone(2, "妻", birth=RecordedDate(date(2000, 11, 25))),
        someone(3, "父", birth=unknown, address="栃木県足利市通町１０番地", **FOREIGN),
    )
    assert await _counted(office, TODAY) == NONE
    counted = await _counted(office, TOMORROW)
    assert sorted(counted.counted, key=lambda one: one.persons + (one.age or 0)) == [
        Counted("栃木県足利市通町", True, Sex.FEMALE, age_on(unknown, TOMORROW), 1),
        Counted("栃木県足利市本城三丁目", False, Sex.FEMALE, 25, 1),
        Counted("栃木県足利市本城三丁目", False, Sex.MALE, 26, 1),
    ]  # fmt: skip
    assert (counted.persons(), counted.persons(is_foreign=True), counted.persons(sex=Sex.FEMALE)) == (3, 1, 2)
    assert [(home.mixed, home.all) for home in counted.households] == [(1, 1)]


async def test_s1_4_a_household_is_counted_by_who_lives_in_it(office: Office) -> None:
    await office.load(
        someone(1), someone(2, household_number=number_of(2), **FOREIGN), someone(3, household_number=number_of(3)),
        someone(4, "子", household_number=number_of(3), **FOREIGN),
    )  # fmt: skip
    assert (await _counted(office, TOMORROW)).households == (Households("栃木県足利市本城三丁目", 1, 1, 1),)
    await office.file("DE", {THREE: {}}, now=LATER)
    assert (await _counted(office, TOMORROW)).households == (Households("栃木県足利市本城三丁目", 1, 1, 1),)
    after = await _counted(office, TOMORROW + timedelta(days=1))
    assert after.households == (Households("栃木県足利市本城三丁目", 1, 2, 0),)


async def test_s1_4_the_load_of_a_city_is_what_its_first_day_adds(office: Office) -> None:
    await office.load(someone(1), someone(2, "妻", **FOREIGN))
    assert await _moved(office, TODAY, TOMORROW) == [
        Moved(True, Cause.LOADED, is_foreign, Sex.FEMALE, None, 1) for is_foreign in (False, True)
    ]


@pytest.mark.parametrize(("kind", "items", "cause", "place"), [
    ("IN1", {"address_before_move_in": "群馬県太田市見本町１番地"}, Cause.DOMESTIC, "群馬県"),
    ("IN1", {"address_before_move_in": "太田市見本町１番地"}, Cause.DOMESTIC, None),
    ("IN3", {"address_before_move_in": "アメリカ合衆国"}, Cause.ABROAD, None),
    ("IN4", {"address_before_move_in": "神奈川県川崎市見本町１番地"}, Cause.DOMESTIC, "神奈川県"),
    ("IN4", {}, Cause.ORIGIN_UNKNOWN, None), ("OI", {}, Cause.EX_OFFICIO, None),
    ("BI", {"birth": days_ago(3)}, Cause.NATURAL, None),
])  # fmt: skip
async def test_s1_4_an_entry_has_its_cause_and_origin(
    office: Office, kind: str, items: dict[str, Any], cause: Cause, place: str | None
) -> None:
    await office.load(someone(1))
    await office.file(kind, entries=(someone(2, "子", **items),), now=LATER)
    assert await _told(office) == [(True, cause, False, place, 1)]


@pytest.mark.parametrize(("events", "cause", "place"), [
    ([("OU1", AWAY), ("OU9", {})], Cause.DOMESTIC, "東京都"),
    ([("OU1", AWAY), ("TN", {"settled_address": "京都府京都市見本町１番地"})], Cause.DOMESTIC, "京都府"),
    ([("OU3", {"move_out_address": "ブラジル"}), ("OU9", {})], Cause.ABROAD, None),
    ([("OU3", {"move_out_address": "ブラジル"}), ("UN+", None), ("OU2", AWAY), ("OU9", {})], Cause.DOMESTIC, "東京都"),
    ([("OU1", AWAY), ("UN+", None), ("OU3", {"move_out_address": "ブラジル"}), ("OU9", {})], Cause.ABROAD, None),
    ([("OU1", AWAY), ("DE", {})], Cause.NATURAL, None), ([("OD", {})], Cause.EX_OFFICIO, None), ([("OM", {})], Cause.MISSING, None),
])  # fmt: skip
async def test_s1_4_a_removal_has_its_cause_and_destination(
    office: Office, events: list[tuple[str, dict[str, Any] | None]], cause: Cause, place: str | None
) -> None:
    await office.load(someone(1), someone(2, "子"))
    last = 0
    for kind, items in events:
        given: dict[str, Any] = {"reverses": last} if items is None else {"changes": {TWO: items}}
        last = (await office.file(kind, occurred=days_ago(0), now=LATER, **given)).event_id
    assert await _told(office) == [(False, cause, False, place, 1)]


async def test_s1_4_what_leaves_everybody_where_they_are_is_no_movement(office: Office) -> None:
    await office.load(someone(1), someone(2, "子"))
    for kind, changes in (
        ("RF", {}), ("MV", {"address": "栃木県足利市通二丁目１番地"}), ("OU1", AWAY), ("PM+", {}), ("CE", {"name": "見本　改"}),
    ):  # fmt: skip
        await office.file(kind, {TWO: changes}, now=LATER)
    assert await _moved(office) == []


async def test_s1_4_whoever_becomes_another_sort_of_resident_leaves_one_and_joins_the_other(office: Office) -> None:
    await office.load(someone(1), someone(2, "妻", **FOREIGN))
    await office.file("NA", {TWO: KOSEKI}, now=LATER)
    await office.file("CO", {ONE: {"sex": Sex.MALE}}, now=LATER)
    assert [(one.is_entry, one.cause, one.is_foreign, one.sex) for one in await _moved(office)] == [
        (False, Cause.CORRECTED, False, Sex.FEMALE), (True, Cause.CORRECTED, False, Sex.MALE),
        (False, Cause.NATIONALITY, True, Sex.FEMALE), (True, Cause.NATIONALITY, False, Sex.FEMALE),
    ]  # fmt: skip


async def test_s1_4_a_cancellation_counts_on_the_other_side(office: Office) -> None:
    await office.load(someone(1), someone(2, "子"))
    died = await office.file("DE", {TWO: {}}, now=LATER)
    await office.file("UN+", reverses=died.event_id, now=LATER)
    born = await office.file("IN1", entries=(someone(3, "子"),), now=LATER)
    await office.file("UN-", reverses=born.event_id, now=LATER)
    told = {(one.is_entry, one.cause) for one in await _moved(office)}
    assert told == {
        (False, Cause.NATURAL), (True, Cause.CANCELLED), (True, Cause.DOMESTIC), (False, Cause.CANCELLED),
    }  # fmt: skip


async def test_s1_4_a_day_begins_at_midnight_in_japan(office: Office) -> None:
    await office.load(someone(1), someone(2, "子"))
    await office.file("DE", {TWO: {}}, now=datetime(2026, 11, 24, 14, 59, 59, tzinfo=UTC))
    assert len(await _moved(office)) == 1
    assert await _moved(office, date(2026, 11, 25), date(2026, 11, 26)) == []
    assert (await _counted(office, TOMORROW)).persons() == 2


def test_s1_4_increase_is_natural_and_social_by_their_definitions() -> None:
    moved = tuple(
        Moved(is_entry, cause, False, Sex.MALE, None, persons)
        for persons, (cause, is_entry) in enumerate(itertools.product(Cause, (True, False)), start=1)
    )
    by = {(one.is_entry, one.cause): one.persons for one in moved}
    assert natural_increase(moved) == by[True, Cause.NATURAL] - by[False, Cause.NATURAL]
    social = sum(by[True, cause] - by[False, cause] for cause in (Cause.DOMESTIC, Cause.ABROAD, Cause.ORIGIN_UNKNOWN))
    assert social_increase(moved) == social - by[False, Cause.EX_OFFICIO] - by[False, Cause.MISSING]


def test_s1_4_figures_that_do_not_add_up_are_told_by_sort() -> None:
    one = Population(TODAY, (Counted("町", True, Sex.MALE, 3, 1),), ())
    entry = Moved(True, Cause.NATURAL, True, Sex.MALE, None, 1)
    assert imbalance(NONE, (entry,), one) == imbalance(one, (), one) == {}
    assert imbalance(NONE, (), one) == {(True, Sex.MALE): -1}
    assert imbalance(one, (entry,), one) == {(True, Sex.MALE): 1}


@pytest.mark.parametrize(("age", "told"), [
    (0, "0-4"), (4, "0-4"), (5, "5-9"), (99, "95-99"), (100, "100以上"), (117, "100以上"), (None, "不詳"),
])  # fmt: skip
def test_s1_4_age_classes_are_of_five_years(age: int | None, told: str) -> None:
    assert age_class(age) == told


async def test_s1_4_the_figures_of_a_town_add_up_between_any_two_days(office: Office) -> None:
    """And they are those of everybody counted one by one, as the register said at that instant."""
    town = Town(office, Random(7), AS_OF)
    await town.settle(list(generate_city(300, 7).people))
    days = [town.day]
    for _ in range(6):
        await town.month()
        days.append(town.day + timedelta(days=1))
    counts, causes = {day: await _counted(office, day) for day in days}, set[Cause]()
    async with city_transaction(office.connection, office.city):
        for since, until in itertools.combinations(days, 2):
            moved = await movements(office.connection, office.city, since, until)
            assert imbalance(counts[since], moved, counts[until]) == {}, (since, until)
            causes |= {one.cause for one in moved}
        assert causes >= {Cause.LOADED, Cause.DOMESTIC, Cause.NATURAL}
        for day in days[1:]:
            said = await persons_as_of(office.connection, office.city, day_begins(day))
            living = [row.record for row in said.values() if row.record.in_register]
            one_by_one = Counter((r.nationality is not None, r.sex, age_on(r.birth, day)) for r in living)
            counted: Counter[tuple[bool, Sex, int | None]] = Counter()
            for one in counts[day].counted:
                counted[one.is_foreign, one.sex, one.age] += one.persons
            assert counted == one_by_one
            assert sum(home.all for home in counts[day].households) == len({r.household_number for r in living})


def _read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


async def test_s1_4_the_command_writes_the_tables_and_every_one_has_everybody(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await office.load(someone(1), someone(2, "妻", **FOREIGN), someone(3, "子", birth=days_ago(400)))
    await office.file("IN1", entries=(someone(4, "子", address_before_move_in="北海道札幌市見本町１番地"),), now=LATER)
    until = TOMORROW + timedelta(days=1)
    told = ["registry", "statistics", "--database-url", office.database.dsn("registry"), "--municipality-code", CITY]
    told += ["--since", str(TOMORROW), "--until", str(until), "-o", str(tmp_path / "out")]
    assert await asyncio.to_thread(run, told) == 0
    said = capsys.readouterr().out
    assert "人口 4 (外国人 1) 世帯 1" in said
    assert "The figures add up." in said
    files = {file.name: _read(file.read_bytes()) for file in (tmp_path / "out").glob("*.csv")}
    assert {file.name for file in (tmp_path / "out").iterdir()} == statistics_files(NONE, (), NONE).keys()
    for name in ("ages.csv", "towns.csv"):
        assert sum(int(row["計"]) for row in files[name]) == 4, name
    assert [row["計"] for row in files["population.csv"]] == ["2", "1", "3", "3", "1", "4"]
    assert [row["計"] for row in files["households.csv"]] == ["1", "1"]
    assert [row for row in files["prefectures.csv"] if row["転入超過"] != "0"] == [
        {"都道府県": "北海道", "転入": "1", "転出": "0", "転入超過": "1"}
    ]
    assert [row["都道府県"] for row in files["prefectures.csv"]] == [*PREFECTURES, "不詳"]
    assert sum(int(row["計"]) for row in files["movements.csv"]) == 1
    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "out").iterdir()} == {0o600}


async def test_s1_4_days_in_the_wrong_order_are_refused(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    told = ["registry", "statistics", "--database-url", office.database.dsn("registry"), "--municipality-code", CITY]
    assert await asyncio.to_thread(run, [*told, "--since", "2027-01-01", "--until", "2027-01-01"]) == 2
    assert "--until" in capsys.readouterr().err


def test_s1_4_a_prefecture_that_more_people_went_to_has_a_negative_number() -> None:
    gone = Moved(False, Cause.DOMESTIC, False, Sex.MALE, "沖縄県", 2)
    rows = {row["都道府県"]: row["転入超過"] for row in _read(statistics_files(NONE, (gone,), NONE)["prefectures.csv"])}
    assert rows["沖縄県"] == "-2"


def test_s1_4_tables_of_an_empty_city_have_every_row() -> None:
    made = tables(NONE, (), NONE)
    assert [row["年齢"] for row in made["ages"].rows][::2] == [age_class(age) for age in range(0, 101, 5)] + ["不詳"]
    assert len(made["movements"].rows) == 2 * len(Cause) * 2


FIGURES = (
    NONE,
    (Moved(True, Cause.NATURAL, False, Sex.MALE, None, 3), Moved(False, Cause.DOMESTIC, False, Sex.MALE, "沖縄県", 12)),
    Population(
        TOMORROW,
        (
            Counted("=町<&>", False, Sex.MALE, 3, 40), Counted("=町<&>", False, Sex.FEMALE, 3, 10),
            Counted("=町<&>", True, Sex.FEMALE, None, 2), Counted("=町<&>", False, Sex.UNKNOWN, 50, 1),
        ),
        (Households("=町<&>", 5, 0, 1),),
    ),
)  # fmt: skip
_XLSX = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_SVG = "{http://www.w3.org/2000/svg}"


def _parsed(text: bytes) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - what we wrote


def test_s1_4_the_workbook_has_every_table_cell_for_cell() -> None:
    files = statistics_files(*FIGURES)
    assert files == statistics_files(*FIGURES)
    with zipfile.ZipFile(io.BytesIO(files["statistics.xlsx"])) as package:
        assert package.testzip() is None
        named = [sheet.get("name") for sheet in _parsed(package.read("xl/workbook.xml")).iter(f"{_XLSX}sheet")]
        sheets = [package.read(f"xl/worksheets/sheet{number}.xml") for number in range(1, len(named) + 1)]
    made = tables(*FIGURES)
    assert named == [table.name for table in made.values()]
    for sheet, table in zip(sheets, made.values(), strict=True):
        rows = [["".join(cell.itertext()) for cell in row] for row in _parsed(sheet).iter(f"{_XLSX}row")]
        assert rows == [list(table.columns), *([str(row[name]) for name in table.columns] for row in table.rows)]
        assert b"<f>" not in sheet


@pytest.mark.parametrize(("name", "longest", "figures", "note"), [
    ("pyramid.svg", "40", {"40", "10", "0"}, "計 53 人。うち年齢不詳または性別空欄の 3 人は図にない。"),
    ("movements.svg", "12", {"12", "3", "0"}, "差引 -9 人。"),
])  # fmt: skip
def test_s1_4_a_picture_has_a_bar_and_its_figure_for_every_row(
    name: str, longest: str, figures: set[str], note: str
) -> None:
    picture = _parsed(statistics_files(*FIGURES)[name])
    bars = [float(bar.get("width", "")) for bar in picture.iter(f"{_SVG}rect") if bar.get("fill") != "white"]
    texts = [text.text or "" for text in picture.iter(f"{_SVG}text")]
    told = [text for text in texts if text.isdecimal()]
    assert (len(bars), set(told)) == (len(told), figures)
    assert bars == pytest.approx([int(figure) * max(bars) / int(longest) for figure in told])
    assert note in texts
    assert _parsed(statistics_files(NONE, (), NONE)[name]).tag == f"{_SVG}svg"
