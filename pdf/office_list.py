"""A list of the office on A4 upright: what it is above every page, the headings, rows of equal height, page numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pdf.errors import PaperError
from pdf.font_chain import FontChain
from pdf.layout import Box, PlacedText, from_top, is_blank
from pdf.office_paper import OfficePage, office_paper
from pdf.typesetting import Style, fit

MOST_LINES: Final = 20_000
_LEFT: Final = 12.0
_TOP: Final = 34.0
_ROW: Final = 6.6
_ROWS: Final = 37


class ListTooLong(PaperError):
    """紙にするには行が多すぎます(20,000行まで)。CSV にするか、範囲を狭めてください。 /
    Too many lines for paper (at most 20,000). Choose CSV, or a narrower scope."""


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A heading, and how wide its column is, in millimetres: 186 for all of them together."""

    heading: str
    width: float


def list_paper(
    title: str, note: str, columns: Sequence[ListColumn], rows: Sequence[Sequence[str]], fonts: FontChain
) -> bytes:
    """Return the file. Raises ListTooLong, and GlyphMissing or TextOverflow for a text that cannot be printed whole."""
    if len(rows) > MOST_LINES:
        raise ListTooLong
    parts = [rows[begin : begin + _ROWS] for begin in range(0, len(rows), _ROWS)] or [()]
    pages = []
    for number, part in enumerate(parts, start=1):
        told = f"{number} / {len(parts)}"
        texts = [
            *fit("title", title, from_top(_LEFT, 11, 150, 9), Style(14), fonts),
            *fit("page_number", told, from_top(_LEFT + 156, 11, 30, 9), Style(9, "right"), fonts),
            *fit("note", note, from_top(_LEFT, 20, 186, 9), Style(8.5), fonts),
        ]
        rules: list[Box] = []
        for place, row in enumerate([[column.heading for column in columns], *part]):
            _add_row(texts, rules, columns, row, place, fonts)
        pages.append(OfficePage(tuple(texts), tuple(rules)))
    return office_paper(title, pages, fonts)


def _add_row(
    texts: list[PlacedText],
    rules: list[Box],
    columns: Sequence[ListColumn],
    row: Sequence[str],
    place: int,
    fonts: FontChain,
) -> None:
    left = _LEFT
    for column, text in zip(columns, row, strict=True):
        box = from_top(left, _TOP + (place - 1) * _ROW, column.width, _ROW)
        rules.append(box)
        if not is_blank(text):
            texts += fit(column.heading, text, box, Style(8.5), fonts)
        left += column.width
