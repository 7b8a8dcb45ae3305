"""Rows as a file that a spreadsheet opens as it stands."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kiosk_server.exporting import CsvLines
from kiosk_server.exporting.table_writer import Cell


def csv_file(names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """CSV in UTF-8 with BOM, lines ended by CRLF, the names first; no cell begins like a formula, whatever somebody called it."""
    writer = CsvLines()
    return writer.begin(names) + writer.add([[_cell(row[name]) for name in names] for row in rows])


def _cell(value: Any) -> Cell:
    # A negative number is one, and no formula.
    return value if type(value) is int else "" if value is None else str(value)
