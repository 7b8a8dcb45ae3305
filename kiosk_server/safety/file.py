"""The report as a file: a PDF to send and to keep, or CSV."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from kiosk_server.exporting import Cell, CsvLines, TableWriter
from kiosk_server.safety.quarter import Quarter
from kiosk_server.safety.report import headings
from kiosk_server.staff.words import Said

FORMS: Final = ("pdf", "csv")


@dataclass(frozen=True, slots=True)
class ReportFile:
    """What is sent or written."""

    content: bytes = field(repr=False)
    content_type: str
    name: str


def report_file(
    say: Said, form: str, quarter: Quarter, rows: Sequence[Sequence[Cell]], now: datetime, municipality_code: str
) -> ReportFile:
    """In one of FORMS; ``now`` (UTC) stands above a PDF. Raises CannotBeDrawn."""
    writer = CsvLines() if form == "csv" else _pdf(say, quarter, now)
    content = writer.begin(headings(say)) + writer.add(rows) + writer.end()
    return ReportFile(content, writer.content_type, f"safety-{municipality_code}-{quarter.name}.{writer.suffix}")


def _pdf(say: Said, quarter: Quarter, now: datetime) -> TableWriter:
    # Loads what draws, which nothing else of the console needs.
    from kiosk_server.exporting.pdf_table import PdfTable  # noqa: PLC0415

    return PdfTable(
        f"{say('証明書コンビニ交付 安全点検報告', 'Certificates: report on safety')} {say(*quarter.words)}", now
    )
