"""A centre's own tables: read right, or refused with the place."""

import io
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from kiosk_server.settling.layout import DEFAULT, LayoutWrong, read_words, require_layout
from kiosk_server.settling.table_file import Period, Table, read_table
from kiosk_server.settling.tables import Encoding
from sync.feeds import FileRefused
from tests.settling.tables import HEADINGS, csv_table, excel_row, excel_table, row

DAY = Period("day", date(2026, 11, 23))
MONTH = Period("month", date(2026, 11, 1))


def read(content: bytes, period: Period = DAY, encoding: Encoding = "") -> Table:
    return read_table(content, DEFAULT, period, encoding)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp932"])
def test_each_encoding_is_found_out_by_the_headings(encoding: str) -> None:
    (line,) = read(csv_table([row("n-1")], encoding)).lines[DAY.first]
    assert (line.issuance_number, line.kind, line.terminal_store) == ("n-1", "resident_record", "store 1")
    assert (line.occurred_at, line.outcome, line.fee_yen) == (
        datetime(2026, 11, 23, 3, 0, 5, tzinfo=UTC),
        "printed",
        200,
    )


def test_excel_is_read_with_dates_numbers_and_a_title_above() -> None:
    table = read(excel_table([excel_row("n-1")], title="令和8年11月分"))
    (line,) = table.lines[DAY.first]
    assert (line.issuance_number, line.fee_yen, line.line) == ("n-1", 200, 3)
    assert line.occurred_at == datetime(2026, 11, 23, 3, 0, 5, tzinfo=UTC)


def test_a_month_has_every_day_and_each_line_on_its_own() -> None:
    table = read(csv_table([row("a", "2026/11/01 00:00:00"), row("b", "2026-11-30T23:59:59")]), MONTH)
    assert len(table.lines) == 30
    assert [line.issuance_number for line in table.lines[date(2026, 11, 30)]] == ["b"]


@pytest.mark.parametrize(
    ("content", "item"),
    [
        (csv_table([row("a", "2026-10-23 12:00:05")]), "occurred_at"),
        (csv_table([row("a", "2026-11-23")]), "occurred_at"),
        (csv_table([row("a", "noon")]), "occurred_at"),
        (csv_table([row("a", outcome="返品")]), "outcome"),
        (csv_table([row("a", fee="-200")]), "fee_yen"),
        (csv_table([row("a", fee="200.5")]), "fee_yen"),
        (csv_table([row("発行")]), "issuance_number"),
        (csv_table([row("a" * 65)]), "issuance_number"),
        (csv_table([row("a")[:5]]), "line"),
        (csv_table([row("a")], headings=HEADINGS[::-1][1:]), "columns"),
        (
            csv_table([row("a")], headings=["x", *HEADINGS[1:5], "端末", "日時", "結果", "手数料"]).replace(
                "請求ID".encode(), b"x"
            ),
            "columns",
        ),
        (csv_table([row("a")]).decode("utf-8-sig").encode("utf-16"), "line"),
        (csv_table([row("a")], "utf-8") + "足利".encode("cp932"), "line"),
        (csv_table([row("a")], "cp932") + b"\x81", "line"),
        (b"\xd0\xcf\x11\xe0 old excel", "line"),
        (b"PK\x03\x04 no book", "line"),
        (b"", "columns"),
        (b"\x00\xff\xfe binary", "columns"),
        (excel_table([[1.5, *excel_row("a")[1:]]]), "line"),
        (excel_table([[12345678901234567890.0, *excel_row("a")[1:]]]), "line"),
    ],
)
def test_a_wrong_table_is_refused_with_its_place(content: bytes, item: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read(content)
    assert refused.value.item == item


def test_the_wrong_month_names_the_day_that_is_outside() -> None:
    with pytest.raises(FileRefused, match="2026-10-23"):
        read(csv_table([row("a", "2026-10-23 12:00:05")]), MONTH)


def test_an_encoding_that_was_told_is_not_doubted_but_must_fit() -> None:
    with pytest.raises(FileRefused):
        read(csv_table([row("a")], "cp932"), encoding="utf-8")
    assert read(csv_table([row("a")], "cp932"), encoding="cp932").lines[DAY.first]


def test_headings_of_ascii_tell_no_encoding_and_both_fitting_is_asked_not_guessed() -> None:
    layout = require_layout({name: name for name in DEFAULT.columns}, DEFAULT.words)
    names = [
        "issuance_number",
        "request_id",
        "kind",
        "operator",
        "store",
        "terminal",
        "occurred_at",
        "outcome",
        "fee_yen",
    ]
    line = row("a")
    line[2], line[4], line[7] = "resident_record", "ああ", "printed"
    both = csv_table([line], "utf-8", names)
    assert both.decode("cp932") != both.decode("utf-8")
    with pytest.raises(FileRefused, match="決められません"):
        read_table(both, layout, DAY)
    assert read_table(both, layout, DAY, "utf-8").lines[DAY.first][0].terminal_store == "ああ"


def test_a_book_that_unpacks_to_too_much_is_refused_unread() -> None:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed,
        packed.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(1100):
            part.write(bytes(1024 * 1024))
    assert len(out.getvalue()) < 4_000_000
    with pytest.raises(FileRefused, match="大きすぎます"):
        read(out.getvalue())


def test_formulas_are_texts_that_nobody_runs() -> None:
    line = row("a")
    line[5] = "=cmd|' /C calc'!A0"
    (read_line,) = read(csv_table([line])).lines[DAY.first]
    assert read_line.terminal_id == "=cmd|' /C calc'!A0"


def test_a_centre_says_its_own_words_and_headings() -> None:
    words = read_words("住民票 = resident_record\n済 = printed\n")
    columns = {
        "kind": "種類",
        "operator": "社",
        "store": "店",
        "terminal": "機",
        "occurred_at": "時",
        "fee_yen": "金",
        "outcome": "状",
    }
    layout = require_layout(columns, words)
    table = csv_table(
        [["住民票", "社", "店", "1", "2026-11-23 12:00", "済", "1,200円"]],
        headings=["種類", "社", "店", "機", "時", "状", "金"],
    )
    (line,) = read_table(table, layout, DAY).lines[DAY.first]
    assert (line.issuance_number, line.kind, line.fee_yen) == ("", "resident_record", 1200)


@pytest.mark.parametrize("words", ["住民票", "住民票 = nothing of ours", " = printed"])
def test_a_layout_with_a_word_that_means_nothing_is_refused(words: str) -> None:
    with pytest.raises(LayoutWrong):
        require_layout(DEFAULT.columns, read_words(words))


@pytest.mark.parametrize("columns", [{"kind": ""}, {"kind": "日時"}, {"kind": "x" * 65}])
def test_a_layout_without_a_column_it_needs_or_with_one_twice_is_refused(columns: dict[str, str]) -> None:
    with pytest.raises(LayoutWrong):
        require_layout({**DEFAULT.columns, **columns}, DEFAULT.words)


def test_a_table_that_should_name_its_issuances_and_does_not_is_refused() -> None:
    nameless = csv_table([row("a")[2:]], headings=HEADINGS[2:])
    with pytest.raises(FileRefused):
        read(nameless)
    without = replace(
        DEFAULT,
        columns={name: text for name, text in DEFAULT.columns.items() if name not in {"issuance_number", "request_id"}},
    )
    assert read_table(nameless, without, DAY).lines[DAY.first][0].issuance_number == ""
