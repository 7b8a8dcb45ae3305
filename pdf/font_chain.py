"""The fonts a certificate is drawn with, best first, and which of them draws a given character."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from civil.text import graphemes, is_mark, text_fault
from pdf.truetype import TrueTypeFont

IPAMJ_MINCHO = Path("/usr/share/fonts/truetype/ipamj/ipamjm.ttf")
"""Debian's fonts-ipamj-mincho: all 58,862 characters of 文字情報基盤. Used where it is installed."""

IPAEX_MINCHO = Path(__file__).parent / "fonts" / "ipaexm.ttf"
"""Comes with this package: JIS X 0213."""

_SPACES = frozenset(" \u3000")


@dataclass(frozen=True)
class Glyph:
    """One drawable grapheme: its font, glyph number, and advance in ems."""

    text: str
    font: TrueTypeFont
    number: int
    advance: float

    @cached_property
    def meaning(self) -> str:
        """The grapheme in UTF-16BE, hexadecimal."""
        return self.text.encode("utf-16-be").hex().upper()

    @cached_property
    def thousandths(self) -> bytes:
        """The advance as a PDF says it."""
        return b"%g" % round(self.advance * 1000, 3)


class FontChain:
    """Fonts tried in order, grapheme by grapheme (base + variation selector is one grapheme).

    Without `paths`: IPAmj Mincho if it is installed, then the IPAex Mincho that comes with this package.
    Raises `FontUnsuitable` for a file that is no TrueType font.
    """

    def __init__(self, paths: Sequence[Path] | None = None) -> None:
        chosen = paths if paths is not None else [p for p in (IPAMJ_MINCHO, IPAEX_MINCHO) if p.exists()]
        self.paths = tuple(chosen)
        self.fonts = tuple(TrueTypeFont(path) for path in chosen)
        self._known: dict[str, Glyph] = {}
        self._advances = _Advances(self)

    def glyph(self, grapheme: str) -> Glyph | None:
        """How the first font that has it draws `grapheme`; None if no font does, or if it is no text that may be stored."""
        known = self._known.get(grapheme)
        if known is None:
            known = next(self._drawn_by(grapheme), None)
            if known is not None:
                self._known[grapheme] = known
        return known

    def glyphs(self, text: str) -> tuple[Glyph | None, ...]:
        """One entry for each grapheme of `text`; None where no font draws it.

        A space is taken from the font of the character before it, at the beginning from that of the first character:
        a space on its own is lost when text is extracted.
        """
        parts = graphemes(text)
        found: list[Glyph | None] = []
        for grapheme in parts:
            before = found[-1] if found and grapheme in _SPACES else None
            found.append(_in_font(grapheme, before.font) if before is not None else self.glyph(grapheme))
        spaces = next((count for count, part in enumerate(parts) if part not in _SPACES), 0)
        first = found[spaces] if spaces else None
        if first is not None:
            found[:spaces] = [_in_font(space, first.font) for space in parts[:spaces]]
        return tuple(found)

    def width(self, text: str) -> float | None:
        """How far `text` reaches, in ems; None if no font draws one of its graphemes."""
        try:
            return sum(map(self._advances.__getitem__, text))
        except KeyError:
            glyphs = [glyph for glyph in self.glyphs(text) if glyph is not None]
            whole = sum(len(glyph.text) for glyph in glyphs) == len(text)
            return sum(glyph.advance for glyph in glyphs) if whole else None

    def alone(self, characters: Sequence[str]) -> list[Glyph]:
        """How the first font draws those characters that do not depend on their neighbours; the others are left out."""
        advances, known = self._advances, self._known
        return [known[one] for one in characters if one in advances or advances.learn(one)]

    def missing(self, text: str) -> tuple[str, ...]:
        """The graphemes of `text` that no font draws, in order; empty if all can be printed."""
        return tuple(grapheme for grapheme in graphemes(text) if self.glyph(grapheme) is None)

    def runs(self, text: str) -> Iterator[tuple[TrueTypeFont, tuple[Glyph, ...]]]:
        """`text` cut into stretches of one font each. Graphemes that no font draws are left out: ask `missing` first."""
        drawable = (glyph for glyph in self.glyphs(text) if glyph is not None)
        for font, stretch in groupby(drawable, key=attrgetter("font")):
            yield font, tuple(stretch)

    def _drawn_by(self, grapheme: str) -> Iterator[Glyph]:
        # A font may well draw what no record may hold, such as a soft hyphen, and readers take it for something else.
        if text_fault(grapheme) is not None:
            return
        found = (_in_font(grapheme, font) for font in self.fonts)
        yield from (glyph for glyph in found if glyph is not None)


class _Advances(dict[str, float]):
    """The advance of each character that stands alone and is drawn by the first font, filled as they are asked for.

    Any other is a KeyError: how far it reaches depends on its neighbours. A mark belongs to the character before it.
    """

    def __init__(self, chain: FontChain) -> None:
        super().__init__()
        self._chain = chain

    def __missing__(self, character: str) -> float:
        if not self.learn(character):
            raise KeyError
        return self[character]

    def learn(self, character: str) -> bool:
        """Whether the character is of this kind; from then on it is here."""
        glyph = None if is_mark(character) else self._chain.glyph(character)
        if glyph is None or glyph.font is not self._chain.fonts[0]:
            return False
        self[character] = glyph.advance
        return True


def _in_font(grapheme: str, font: TrueTypeFont) -> Glyph | None:
    number = font.glyph_id(grapheme)
    if number is None or not _is_simple(font.outline(number), grapheme):
        return None
    return Glyph(grapheme, font, number, font.advance(number) / font.units_per_em)


def _is_simple(outline: bytes, grapheme: str) -> bool:
    """Whether it leaves ink (or is a space) and is no composite: those would need other glyphs copied too."""
    if not outline:
        return grapheme in _SPACES
    return int.from_bytes(outline[:2], "big", signed=True) > 0
