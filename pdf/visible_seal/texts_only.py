"""Plans without fonts, for what a page says and not where: a form decides that by its rows, and a font only sizes and wraps."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Final, cast

from civil.text import graphemes
from pdf.font_chain import FontChain, Glyph
from pdf.truetype import TrueTypeFont

_NO_FONT: Final = cast("TrueTypeFont", None)
"""Nothing that plans looks at the font of a glyph."""

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class TextsOnly(FontChain):
    """A chain that draws every character in no space at all, and as the fonts none that is half of one."""

    def __init__(self) -> None:
        super().__init__(list[Path]())

    def glyphs(self, text: str) -> tuple[Glyph | None, ...]:
        """One for each grapheme; None for a lone surrogate."""
        return tuple(map(_glyph, graphemes(text)))

    def width(self, text: str) -> float | None:
        """Nothing; None for what holds a lone surrogate."""
        return None if _SURROGATE.search(text) else 0.0


TEXTS_ONLY: Final = TextsOnly()
"""The one that there is, so that what forms keep of their labels is found again."""


@lru_cache(maxsize=4096)
def _glyph(grapheme: str) -> Glyph | None:
    # A lone surrogate is no character: nothing that is signed or kept could spell it.
    return None if _SURROGATE.search(grapheme) else Glyph(grapheme, _NO_FONT, 0, 0.0)
