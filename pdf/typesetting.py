"""Fits a text into its box: shrink to the form's smallest size, then wrap, then refuse. Never cut, never overlap."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import attrgetter
from typing import Literal

from pdf.errors import GlyphMissing, TextOverflow
from pdf.font_chain import FontChain, Glyph
from pdf.layout import Box, PlacedText, is_blank

SMALLEST = 6.5
"""Points; below this a copier's print is no longer read with ease."""

_PADDING = 3.6
_HEADROOM = 1.6
_LEADING = 1.08
_STEP = 0.25
_DESCENT = 0.12
"""How far an ideograph's square reaches below the base line, in ems."""

_SPACES = frozenset(" \u3000")

Align = Literal["left", "centre", "right"]


@dataclass(frozen=True, slots=True)
class Style:
    """The normal size in points, and where a line stands in its box."""

    size: float
    align: Align = "left"


def fit(field: str, text: str, box: Box, style: Style, fonts: FontChain) -> list[PlacedText]:
    """The lines of `text` in `box`; joined, their texts are `text` again.

    Raises `GlyphMissing` if no font draws a character or there is nothing to draw, `TextOverflow` if it does not fit.
    """
    width = None if is_blank(text) else fonts.width(text)
    if width is None:
        raise GlyphMissing(field)
    room = box.width - 2 * _PADDING
    size = min(style.size, room / width // _STEP * _STEP) if width else style.size
    if size >= SMALLEST:
        return [_line(field, text, width, 0, 1, box, size, style.align)]
    return _wrapped(field, [glyph for glyph in fonts.glyphs(text) if glyph is not None], box, style)


def _wrapped(field: str, glyphs: list[Glyph], box: Box, style: Style) -> list[PlacedText]:
    size = style.size
    while size >= SMALLEST:
        lines = list(_broken(glyphs, (box.width - 2 * _PADDING) / size))
        if len(lines) * size * _LEADING <= box.height - _HEADROOM and not _look_doubled(lines):
            return _lines(field, lines, box, size, style.align)
        size -= _STEP
    raise TextOverflow(field)


def _look_doubled(lines: list[list[Glyph]]) -> bool:
    """Whether a stretch stands right below an equal one: PDFium takes that for the shadow of the first and does not read it."""
    stretches = [set(_stretches(line)) for line in lines]
    return any(above & below for above, below in pairwise(stretches))


def _stretches(line: list[Glyph]) -> Iterator[tuple[float, str]]:
    """Where each stretch of one font begins in the line, in ems, and its text."""
    start = 0.0
    for _, glyphs in groupby(line, key=attrgetter("font")):
        stretch = list(glyphs)
        yield round(start, 3), "".join(glyph.text for glyph in stretch)
        start += _width(stretch)


def _lines(field: str, lines: list[list[Glyph]], box: Box, size: float, align: Align) -> list[PlacedText]:
    texts = ["".join(glyph.text for glyph in line) for line in lines]
    if any(map(is_blank, texts)):
        raise TextOverflow(field)
    return [
        _line(field, text, _width(line), number, len(lines), box, size, align)
        for number, (text, line) in enumerate(zip(texts, lines, strict=True))
    ]


def _broken(glyphs: list[Glyph], room: float) -> Iterator[list[Glyph]]:
    rest = glyphs
    while rest:
        count, width = 0, 0.0
        while count < len(rest) and width + rest[count].advance <= room:
            width += rest[count].advance
            count += 1
        cut = _good_cut(rest, max(count, 1))
        yield rest[:cut]
        rest = rest[cut:]


def _good_cut(glyphs: list[Glyph], count: int) -> int:
    """After the last space in the second half of the line, if there is one and the text goes on."""
    if count == len(glyphs):
        return count
    spaces = (n for n in range(count, count // 2, -1) if glyphs[n - 1].text in _SPACES)
    return next(spaces, count)


def _width(glyphs: list[Glyph]) -> float:
    return sum(glyph.advance for glyph in glyphs)


def _line(
    field: str, text: str, width: float, number: int, lines: int, box: Box, size: float, align: Align
) -> PlacedText:
    slack = box.width - 2 * _PADDING - width * size
    x = box.x + _PADDING + {"left": 0.0, "centre": slack / 2, "right": slack}[align]
    pitch = size * _LEADING
    foot = box.y + (box.height - pitch * (lines - 1) - size) / 2 + pitch * (lines - 1 - number)
    base = round(foot + _DESCENT * size, 2)
    return PlacedText(field, text, round(x, 2), base, size, box, width=width * size)
