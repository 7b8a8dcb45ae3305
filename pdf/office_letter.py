"""A letter of the office on A4 upright: number, day, to whom, from whom, what it is, what it says, and a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pdf.font_chain import FontChain
from pdf.forms.certificate_page import specimen_mark
from pdf.layout import Box, PlacedText, from_top, is_blank
from pdf.office_paper import OfficePage, office_paper
from pdf.typesetting import Align, Style, fit

_LEFT: Final = 22.0
_WIDTH: Final = 166.0
_LABEL: Final = 46.0
_ROW: Final = 11.0
_LINE: Final = 8.0
_LAST: Final = 268.0


@dataclass(frozen=True, slots=True)
class Letter:
    """What it says. `to` is the name with 様; `body` are lines, none longer than the page is wide; `rows` are labels with values.

    `specimen`: 見本 stands across it.
    """

    title: str
    number: str
    day: str
    postal_code: str
    address: str
    to: str
    sender: str
    body: Sequence[str]
    rows: Sequence[tuple[str, str]]
    contact: str
    specimen: bool = False


def letter_paper(letter: Letter, fonts: FontChain) -> bytes:
    """Return the file. Raises GlyphMissing or TextOverflow, naming the field, for what cannot be printed whole on one page."""
    texts = [
        *(specimen_mark(fonts) if letter.specimen else []),
        *_line("number", letter.number, 14, 9.5, "right", fonts),
        *_line("day", letter.day, 20, 10.5, "right", fonts),
        *_line("postal_code", letter.postal_code, 30, 11, "left", fonts),
        *fit("address", letter.address, from_top(_LEFT, 36, 100, 14), Style(11), fonts),
        *fit("to", letter.to, from_top(_LEFT, 51, 100, 10), Style(13), fonts),
        *fit("sender", letter.sender, from_top(_LEFT + 66, 68, 100, 9), Style(12, "right"), fonts),
        *fit("title", letter.title, from_top(_LEFT, 86, _WIDTH, 12), Style(17, "centre"), fonts),
    ]
    top = 106.0
    for line in letter.body:
        texts += _line("body", line, top, 11, "left", fonts)
        top += _LINE
    rules: list[Box] = []
    top += 6
    for label, value in letter.rows:
        for field, text, box in (
            ("label", label, from_top(_LEFT, top, _LABEL, _ROW)),
            (label, value, from_top(_LEFT + _LABEL, top, _WIDTH - _LABEL, _ROW)),
        ):
            rules.append(box)
            texts += [] if is_blank(text) else fit(field, text, box, Style(11), fonts)
        top += _ROW
    texts += fit("contact", letter.contact, from_top(_LEFT, _LAST, _WIDTH, 9), Style(9.5, "right"), fonts)
    return office_paper(letter.title, [OfficePage(tuple(texts), tuple(rules))], fonts)


def _line(field: str, text: str, top: float, size: float, align: Align, fonts: FontChain) -> list[PlacedText]:
    return [] if is_blank(text) else fit(field, text, from_top(_LEFT, top, _WIDTH, _LINE), Style(size, align), fonts)
