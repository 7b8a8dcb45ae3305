"""Lists of the register as files: CSV for a spreadsheet, PDF for paper, by the end of the file's name."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Literal

from civil.errors import KioskError
from kiosk_server.exporting import CsvLines

Suffix = Literal[".csv", ".pdf"]


class UnknownSuffix(KioskError):
    """ファイル名は .csv か .pdf で終えてください。 / The name of the file must end with .csv or .pdf."""


@dataclass(frozen=True, slots=True)
class ListFile:
    """A list: what stands above it, its headings, and the width of each on paper, in millimetres."""

    title: str
    headings: Sequence[str]
    widths: Sequence[float]


def suffix_of(file: Path) -> Suffix:
    """Which of the two is asked for, told before anything is made. Raises UnknownSuffix."""
    if file.suffix not in {".csv", ".pdf"}:
        raise UnknownSuffix
    return ".pdf" if file.suffix == ".pdf" else ".csv"


def list_file(suffix: Suffix, made: ListFile, note: str, rows: Sequence[Sequence[str]]) -> bytes:
    """The file; the note stands on paper only. Raises what `pdf.list_paper` raises."""
    if suffix == ".csv":
        writer = CsvLines()
        return writer.begin(made.headings) + writer.add(rows)
    # Loaded where paper is drawn: other commands start half a second sooner.
    pdf = import_module("pdf")
    columns = [pdf.ListColumn(heading, width) for heading, width in zip(made.headings, made.widths, strict=True)]
    drawn: bytes = pdf.list_paper(made.title, note, columns, rows, pdf.FontChain())
    return drawn
