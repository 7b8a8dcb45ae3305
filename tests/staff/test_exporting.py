"""The history as a file: right in every form, safe in a spreadsheet, nothing replaced, and in the books."""

import csv
import io
import tracemalloc
from collections.abc import Sequence
from datetime import UTC, datetime

import openpyxl
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_server.exporting import CsvLines, ExcelSheet, NotInCp932, TableWriter
from kiosk_server.exporting.pdf_table import CannotBeDrawn, PdfTable
from kiosk_server.issuing.request import Terminal
from kiosk_server.staff.duties import Duty
from tests.issuing.city import CENTRE
from tests.staff.office import Clerk, Office, Shown

FORMULA = "=HYPERLINK(1)"


def written(writer: TableWriter, headings: Sequence[str], rows: Sequence[Sequence[str | int]]) -> bytes:
    return writer.begin(headings) + writer.add(rows) + writer.end()


def excel_cells(content: bytes) -> list[list[object]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]


async def _issued(office: Office, store: str = "store 1", count: int = 1) -> list[str]:
    card = await office.city.credential("101", "7001")
    terminal = Terminal("shop chain", store, "machine 1")
    asked = [office.city.request(card, terminal=terminal) for _ in range(count)]
    return [(await office.city.issuing.issue(CENTRE, one)).issuance_number for one in asked]


async def _at_work(office: Office, **search: str) -> tuple[Clerk, str]:
    office.city.clock.advance(minutes=5)
    clerk = await office.at_work("suzuki", Duty.RECONCILIATION)
    await clerk.get("/history")
    shown = await clerk.post("/history", **search)
    return clerk, shown.path.partition("search=")[2]


async def _file(clerk: Clerk, form: str, search: str = "") -> tuple[int, bytes, str]:
    fields = {"form_token": clerk.token, "format": form, "search": search}
    own = {"Origin": clerk.office.origin, "Sec-Fetch-Site": "same-origin"}
    async with clerk.session.post(clerk.office.url("/history/export"), data=fields, headers=own) as answer:
        assert answer.headers["Cache-Control"] == "no-store"
        return answer.status, await answer.read(), answer.headers.get("Content-Disposition", "")


@pytest.mark.parametrize(("form", "encoding"), [("csv", "utf-8-sig"), ("cp932", "cp932")])
async def test_csv_has_every_row_in_the_encoding_that_was_asked_for(office: Office, form: str, encoding: str) -> None:
    numbers = await _issued(office, count=3)
    clerk, _ = await _at_work(office)
    status, content, disposition = await _file(clerk, form)
    rows = list(csv.DictReader(io.StringIO(content.decode(encoding))))
    assert (status, sorted(row["発行番号"] for row in rows)) == (200, sorted(numbers))
    assert {row["種別"] for row in rows} == {"住民票の写し"}
    assert disposition == 'attachment; filename="history-20261123-120530.csv"'
    assert content.startswith(b"\xef\xbb\xbf") is (form == "csv")


async def test_excel_keeps_numbers_that_are_names_as_text_and_adds_up_fees(office: Office) -> None:
    (number,) = await _issued(office)
    clerk, _ = await _at_work(office)
    _, content, _ = await _file(clerk, "excel")
    headings, row = excel_cells(content)
    found = dict(zip(headings, row, strict=True))
    assert (found["発行番号"], found["手数料"]) == (number, 200)


async def test_pdf_shows_every_row(office: Office) -> None:
    (number,) = await _issued(office)
    clerk, _ = await _at_work(office)
    _, content, _ = await _file(clerk, "pdf")
    document = pypdfium2.PdfDocument(content)
    text = document[0].get_textpage().get_text_bounded()
    assert number in text
    assert "証明書発行履歴" in text


async def test_what_was_searched_for_is_what_is_taken_out(office: Office) -> None:
    await _issued(office)
    clerk, search = await _at_work(office, kind="tax_income")
    shown = await clerk.post("/history/export", format="csv", search=search)
    assert (shown.status, "条件に合うものがありません" in shown.text) == (409, True)


async def test_who_took_what_and_how_many_rows_is_recorded_before_and_after(office: Office) -> None:
    await _issued(office, count=2)
    clerk, search = await _at_work(office, person_number="101")
    await _file(clerk, "csv", search)
    rows = await office.city.rows(
        "SELECT account_id, reading, concerns, person_number FROM history.staff_reading WHERE reading LIKE 'history_export%' ORDER BY reading_id"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("suzuki", "history_export_begun", "csv", "101"),
        ("suzuki", "history_exported", "csv 2", "101"),
    ]


async def test_a_name_that_is_a_formula_is_none_in_the_file(office: Office) -> None:
    await _issued(office, FORMULA)
    clerk, _ = await _at_work(office)
    _, content, _ = await _file(clerk, "csv")
    assert f"'{FORMULA}" in content.decode("utf-8-sig")
    _, content, _ = await _file(clerk, "excel")
    book = openpyxl.load_workbook(io.BytesIO(content))
    (cell,) = [cell for row in book.worksheets[0].iter_rows(min_row=2) for cell in row if cell.value == FORMULA]
    assert cell.data_type in {"s", "inlineStr"}


async def test_a_character_that_cp932_lacks_is_named_and_nothing_is_written(office: Office) -> None:
    await _issued(office, "𠮷野店")
    clerk, _ = await _at_work(office)
    shown = await clerk.post("/history/export", format="cp932")
    assert (shown.status, "𠮷(U+20BB7)" in shown.text) == (409, True)
    assert await office.city.rows("SELECT 1 FROM history.staff_reading WHERE reading LIKE 'history_export%'") == []


async def test_more_rows_than_the_form_holds_are_refused_before_the_first(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PdfTable, "most_rows", 1)
    await _issued(office, count=2)
    clerk, _ = await _at_work(office)
    assert "入りきりません" in (await clerk.post("/history/export", format="pdf")).text


async def test_rows_come_in_pages_that_leave_none_out(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk_server.staff.pages.exporting._AT_ONCE", 2)
    numbers = await _issued(office, count=5)
    clerk, _ = await _at_work(office)
    _, content, _ = await _file(clerk, "csv")
    assert sorted(row["発行番号"] for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig")))) == sorted(
        numbers
    )


async def test_a_file_that_broke_off_does_not_look_whole_and_is_in_the_books(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _issued(office)
    clerk, _ = await _at_work(office)

    def broken(_: CsvLines) -> bytes:
        raise OSError

    monkeypatch.setattr(CsvLines, "end", broken)
    with pytest.raises(Exception, match=r"not completed|closed|isconnected|Connection"):
        await _file(clerk, "csv")
    rows = await office.happened("staff_reading", "reading")
    assert rows[-2:] == ["history_export_begun", "history_export_broken"]


@pytest.mark.parametrize("form", ["", "exe"])
async def test_a_form_that_is_not_offered_is_refused(office: Office, form: str) -> None:
    clerk, _ = await _at_work(office)
    shown: Shown = await clerk.post("/history/export", format=form)
    assert shown.status == 409


TEXTS = st.text(st.characters(blacklist_categories=["Cs"]), max_size=12)


@given(st.lists(st.tuples(TEXTS, st.integers(-(10**9), 10**9)), max_size=8))
def test_every_text_comes_back_from_csv_but_for_the_quote_before_a_formula(rows: list[tuple[str, int]]) -> None:
    content = written(CsvLines(), ["a", "b"], rows)
    back = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))[1:]
    assert [(one.removeprefix("'"), int(two)) for one, two in back] == [
        (one.removeprefix("'"), two) for one, two in rows
    ]
    assert not any(one.startswith(("=", "+", "-", "@", "\t", "\r")) for one, _ in back)


@given(st.lists(st.tuples(TEXTS, st.integers(-(10**9), 10**9)), max_size=8))
def test_an_excel_file_can_always_be_opened_and_nothing_in_it_is_a_formula(rows: list[tuple[str, int]]) -> None:
    content = written(ExcelSheet(), ["a", "b"], rows)
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = list(book.worksheets[0].iter_rows(min_row=2))
    assert len(cells) == len(rows)
    assert all(
        text.data_type != "f" and number.value == given for (text, number), (_, given) in zip(cells, rows, strict=True)
    )


def test_cp932_is_refused_by_the_writer_itself_too() -> None:
    with pytest.raises(NotInCp932):
        CsvLines("cp932").add([["𠮷"]])
    assert CsvLines("cp932").missing([["𠮷", "店"]]) == {"𠮷"}


def test_a_pdf_has_its_headings_on_every_page_and_refuses_what_its_font_lacks() -> None:
    writer = PdfTable("表", datetime(2026, 11, 23, tzinfo=UTC))
    content = written(writer, ["番号", "額"], [[f"n-{n}", n] for n in range(120)])
    document = pypdfium2.PdfDocument(content)
    texts = [page.get_textpage().get_text_bounded() for page in document]
    assert len(texts) == 3
    assert all("番号" in text for text in texts)
    with pytest.raises(CannotBeDrawn):
        writer.add([["𠮷"]])


@pytest.mark.parametrize("make", [CsvLines, ExcelSheet])
def test_memory_does_not_grow_with_the_rows(make: type[CsvLines | ExcelSheet]) -> None:
    row: tuple[str | int, ...] = ("20261123-01-00000001-1", "店舗", 200)
    writer, rows = make(), [row] * 2_000
    writer.begin(["a", "b", "c"])
    writer.add(rows)
    tracemalloc.start()
    for _ in range(50):
        writer.add(rows)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8_000_000
