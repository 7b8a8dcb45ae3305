"""A table from a spreadsheet, row by row, as texts: CSV in UTF-8 or CP932, or Excel (.xlsx). Nothing is guessed that could be wrong."""

import csv
import io
from collections.abc import Collection, Iterator
from typing import Final, Literal

from kiosk_server.settling.excel_file import Row, excel_rows
from sync.feeds import FileRefused

Encoding = Literal["", "utf-8", "cp932"]
ENCODINGS: Final[tuple[Encoding, ...]] = ("", "utf-8", "cp932")
"""The empty one stands for: found out from the file, where only one can be right."""
_HEADINGS_WITHIN: Final = 20
_ZIP: Final = b"PK\x03\x04"
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
_UTF_8_MARK: Final = b"\xef\xbb\xbf"
_UTF_16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")


def rows_of(content: bytes, encoding: Encoding, headings: Collection[str]) -> Iterator[Row]:
    """Each row with its line in the file, the row of the `headings` first. Raises FileRefused."""
    if content.startswith(_OLD_EXCEL):
        raise _refused(
            "Excel の古い形式(.xls)です。.xlsx か CSV で保存し直してください。 / It is an old .xls: save it as .xlsx or CSV."
        )
    if is_packed(content):
        yield from _from_headings(excel_rows(content), headings)
        return
    if content.startswith(_UTF_16_MARKS):
        raise _refused(
            "UTF-16 です。UTF-8 か CP932 の CSV にしてください。 / It is UTF-16: save it as CSV in UTF-8 or CP932."
        )
    chosen = encoding or _encoding(content, headings)
    yield from _from_headings(_csv(content, chosen), headings)


def is_packed(content: bytes) -> bool:
    """Whether it is an Excel file: how many lines it has stands nowhere."""
    return content.startswith(_ZIP)


def _encoding(content: bytes, headings: Collection[str]) -> str:
    if content.startswith(_UTF_8_MARK) or content.isascii():
        return "utf-8"
    # Bytes of one encoding are often valid in the other; the headings that we look for are readable in one of them only.
    fitting = [name for name in ("utf-8", "cp932") if _shows(content, name, headings)]
    if len(fitting) == 2:  # noqa: PLR2004 - both: headings of ASCII alone tell nothing
        fitting = [name for name in fitting if _is_valid(content, name)]
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        raise _columns_missing(headings)
    raise _refused(
        "文字コードが UTF-8 か CP932 か決められません。選んでください。 / UTF-8 or CP932: both fit. Choose one."
    )


def _shows(content: bytes, encoding: str, headings: Collection[str]) -> bool:
    begin = content[: 64 * 1024].decode(encoding, "replace")
    rows = csv.reader(io.StringIO(begin, newline=""))
    return any(
        set(headings) <= {cell.strip() for cell in row} for row, _ in zip(rows, range(_HEADINGS_WITHIN), strict=False)
    )


def _is_valid(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _csv(content: bytes, encoding: str) -> Iterator[Row]:
    text = io.TextIOWrapper(io.BytesIO(content.removeprefix(_UTF_8_MARK)), encoding, "strict", newline="")
    rows = csv.reader(text, strict=True)
    try:
        for row in rows:
            yield rows.line_num, row
    except UnicodeDecodeError:
        reason = f"{encoding} として読めません。文字コードを確かめてください。 / It cannot be read as {encoding}: see which encoding it is in."
        raise FileRefused(rows.line_num + 1, "line", reason) from None
    except csv.Error:
        raise FileRefused(rows.line_num, "line", "CSV の行ではありません。 / It is not a line of CSV.") from None


def _from_headings(rows: Iterator[Row], headings: Collection[str]) -> Iterator[Row]:
    for line, row in rows:
        if set(headings) <= {cell.strip() for cell in row}:
            yield line, [cell.strip() for cell in row]
            yield from rows
            return
        if line >= _HEADINGS_WITHIN:
            break
    raise _columns_missing(headings)


def _columns_missing(headings: Collection[str]) -> FileRefused:
    return FileRefused(
        1, "columns",
        f"初めの{_HEADINGS_WITHIN}行に、次の見出しが揃った行がありません。列の対応を直すか、ファイルを確かめてください。 / "
        f"No row of the first {_HEADINGS_WITHIN} has all of these headings; change the layout, or see whether it is the right file: "
        f"{'、'.join(headings)}",
    )  # fmt: skip


def _refused(reason: str) -> FileRefused:
    return FileRefused(1, "line", reason)
