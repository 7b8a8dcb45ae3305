"""Tables as a centre's spreadsheet writes them."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime

import openpyxl

HEADINGS = ("発行番号", "請求ID", "証明書種別", "事業者", "店舗", "端末", "日時", "結果", "手数料")


def row(
    number: str, at: str = "2026-11-23 12:00:05", outcome: str = "印刷", fee: str = "200", request_id: str = ""
) -> list[str]:
    """A line for the test city's terminal."""
    return [number, request_id, "住民票の写し", "shop chain", "store 1", "machine 1", at, outcome, fee]


def csv_table(rows: Sequence[Sequence[str]], encoding: str = "utf-8-sig", headings: Sequence[str] = HEADINGS) -> bytes:
    """As Excel saves CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([headings, *rows])
    return text.getvalue().encode(encoding)


def excel_table(
    rows: Sequence[Sequence[object]], headings: Sequence[str] = HEADINGS, title: str | None = None
) -> bytes:
    """As Excel saves a book, perhaps with a title above the headings."""
    book = openpyxl.Workbook()
    for line in [*([[title]] if title else []), list(headings), *rows]:
        book.worksheets[0].append(list(line))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def excel_row(number: str) -> list[object]:
    """With a date and a fee as Excel has them."""
    at = datetime.fromisoformat("2026-11-23 12:00:05")  # a spreadsheet knows no zone
    return [number, "", "住民票の写し", "shop chain", "store 1", "machine 1", at, "印刷", 200]
