"""S1-4: what `kiosk registry statistics` says and writes: tables, a workbook and pictures."""

import asyncio
import csv
import io
import zipfile
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civil.prefectures import PREFECTURES
from civil.sex import Sex
from kiosk_server.cli.entry import run
from kiosk_server.cli.registry_files import statistics_files
from kiosk_server.cli.registry_tables import age_class, tables
from kiosk_server.cli.registry_yearly import yearly_report
from registry.residents import Cause, Counted, Households, Moved, Population
from tests.registry.office import CITY, FOREIGN, NOW, TODAY, Office, days_ago, someone

TOMORROW, LATER = TODAY + timedelta(days=1), NOW + timedelta(days=1)
"""People are loaded on TODAY; what happens to them is recorded on the day after."""
NONE = Population(TODAY, (), ())


@pytest.mark.parametrize(("age", "told"), [
    (0, "0-4"), (4, "0-4"), (5, "5-9"), (99, "95-99"), (100, "100以上"), (117, "100以上"), (None, "不詳"),
])  # fmt: skip
def test_s1_4_age_classes_are_of_five_years(age: int | None, told: str) -> None:
    assert age_class(age) == told


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
    (Moved(True, Cause.NATURAL, False, Sex.MALE, None, 3), Moved(False, Cause.DOMESTIC, False, Sex.MALE, "沖縄県", 12, "那覇市")),
    Population(
        TOMORROW,
        (
            Counted("=町<&>", False, Sex.MALE, 3, 40), Counted("=町<&>", False, Sex.FEMALE, 3, 10),
            Counted("=町<&>", True, Sex.FEMALE, None, 2, "ネパール"), Counted("=町<&>", False, Sex.UNKNOWN, 50, 1),
        ),
        (Households("=町<&>", 5, 0, 1),),
    ),
)  # fmt: skip


def test_s1_4_nationalities_towns_and_municipalities_have_a_row_for_what_there_is() -> None:
    made = tables(*FIGURES)
    assert [(row["国籍・地域"], row["女"], row["計"]) for row in made["nationalities"].rows] == [
        ("日本", 10, 51),
        ("ネパール", 2, 2),
    ]
    assert [(row["町字"], row["国籍・地域"], row["計"]) for row in made["town_nationalities"].rows] == [
        ("=町<&>", "日本", 51), ("=町<&>", "ネパール", 2),
    ]  # fmt: skip
    assert made["town_totals"].rows == [
        {"町字": "=町<&>", "世帯": 6, "男": 40, "女": 12, "空欄": 1, "計": 53, "うち外国人": 2}
    ]
    assert made["municipalities"].rows == [
        {"都道府県": "沖縄県", "市区町村": "那覇市", "転入": 0, "転出": 12, "転入超過": -12}
    ]
    assert "'=町<&>" in statistics_files(*FIGURES)["town_nationalities.csv"].decode("utf-8-sig")


CAUSES = st.sampled_from(Cause)
MOVES = st.builds(
    Moved, st.booleans(), CAUSES, st.booleans(), st.sampled_from(Sex), st.none(), st.integers(1, 9)
)  # fmt: skip


@given(moved=st.lists(MOVES))
def test_s1_4_the_yearly_report_adds_up_for_every_sort_and_every_cause_is_in_one_row(moved: list[Moved]) -> None:
    sorts = [(is_foreign, sex) for is_foreign in (False, True) for sex in Sex]
    before = Population(TODAY, tuple(Counted("町", *sort, 30, 1_000) for sort in sorts), ())
    left = dict.fromkeys(sorts, 1000)
    for one in moved:
        left[one.is_foreign, one.sex] += one.persons if one.is_entry else -one.persons
    after = Population(TOMORROW, tuple(Counted("町", *sort, 30, left[sort]) for sort in sorts), ())
    rows = {row["項目"]: row for row in yearly_report(before, moved, after).rows}
    first, last = rows[f"人口 {TODAY}"], rows[f"人口 {TOMORROW}"]
    for sort in ("日本人", "外国人", "男", "女", "計"):
        entered, removed = rows["記載 計"][sort], rows["消除 計"][sort]
        assert first[sort] + entered - removed == last[sort]
        assert rows["増減"][sort] == rows["自然増減"][sort] + rows["社会増減(その他を含む)"][sort] == entered - removed
        for way, total in (("記載", entered), ("消除", removed)):
            assert (
                sum(row[sort] for name, row in rows.items() if name.startswith(way) and not name.endswith("計"))
                == total
            )


def test_s1_4_a_fall_of_the_population_is_no_formula() -> None:
    before, after = (
        Population(day, (Counted("町", False, Sex.MALE, 3, persons),), ())
        for day, persons in ((TODAY, 4), (TOMORROW, 3))
    )
    gone = Moved(False, Cause.NATURAL, False, Sex.MALE, None, 1)
    [rate] = [
        row for row in _read(statistics_files(before, (gone,), after)["yearly.csv"]) if row["項目"] == "増減率(%)"
    ]
    assert (rate["計"], rate["外国人"]) == ("△25.00", "")


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
    ("pyramid.svg", "40", {"40", "10", "0"}, "計 53 人。うち年齢不詳または性別空欄の 3 人は図にない。 / All: 53; 3 without age or sex are not shown."),
    ("movements.svg", "12", {"12", "3", "0"}, "差引 -9 人。 / Net -9."),
    ("prefectures.svg", "12", {"12", "0"}, "転入超過 -12 人。 / Net -12."),
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
