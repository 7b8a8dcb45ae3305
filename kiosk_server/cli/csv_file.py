"""Rows as a file that a spreadsheet opens as it stands."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kiosk_server.exporting import CsvLines


def csv_file(names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """CSV in UTF-8 with BOM, lines ended by CRLF, the names first; no cell begins like a formula, whatever somebody called it."""
    writer = CsvLines()
    texts = [["" if row[name] is None else str(row[name]) for name in names] for row in rows]
    return writer.begin(names) + writer.add(texts)
