"""Plans without fonts, for what a page says and not where: a form decides that by its rows, and a font only sizes and wraps."""

from functools import lru_cache
from pathlib import Path
from typing import Final, cast

from civil.text import graphemes
from pdf.font_chain import FontChain, Glyph
from pdf.truetype import TrueTypeFont

_NO_FONT: Final = cast("TrueTypeFont", None)
"""Nothing that plans looks at the font of a glyph."""


class TextsOnly(FontChain):
    """A chain that draws every character in no space at all."""

    def __init__(self) -> None:
        super().__init__(list[Path]())

    def glyphs(self, text: str) -> tuple[Glyph | None, ...]:
        """One for each grapheme."""
        return tuple(map(_glyph, graphemes(text)))

    def width(self, text: str) -> float | None:  # noqa: ARG002 - every text is as wide
        """Nothing."""
        return 0.0


@lru_cache(maxsize=4096)
def _glyph(grapheme: str) -> Glyph:
    return Glyph(grapheme, _NO_FONT, 0, 0.0)
