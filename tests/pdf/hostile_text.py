"""Names and addresses as no register should hold them, among those that every register holds. Drawn, not invented anew in each test."""

import random
import unicodedata
from functools import cache

from fontTools.ttLib import TTFont
from hypothesis import strategies as st

from pdf.font_chain import IPAMJ_MINCHO

LONGEST = 4000
_CONTROL = ("\n", "\r\n", "\t", "\0", "\x1b", "\x7f", "\x85", "\u2028", "\u2029")
_BIDI = ("\u202e", "\u202a", "\u202c", "\u2066", "\u2069", "\u200e", "\u200f", "\u061c", "א", "ب")
_SURROGATES = ("\ud842", "\udfb7", "\udfb7\ud842")
_INVISIBLE = ("\u200b", "\u200d", "\u00ad", "\ufeff", "\ufe0f", "\ufe00", "\u034f", "\U000e0041")
_MARKS = ("か\u3099", "は\u309a", "e\u0301", "\u0301", "a" + "\u0300" * 5, "s\u0323\u0307", "カ\u3099", "が\u3099")
_OTHER = (
    "\ue000",
    "\U000f0000",
    "\ufffe",
    "\u00a0",
    "\u2003",
    "\ufa19",
    "\ufdd0",
    "\U00031350",
    "😀",
    "ﬁ",
    "Å",
    "(cid:1)",
)
_NOT_MOJI_JOHO = ("葛\U000e0100", "辻\U000e0101", "邉\U000e01ef", "見\U000e0180", "A\U000e0100")
_SPACES = ("　", " ", "  ", "　　", " 　 ", "   ")
_PLAIN = "山田太郎花子一二三栃木県見本市通丁目番地髙﨑々〆ヶヵーあいうえおアイウエオガパ０９Ａｚ０-‐－−・（）＜＞"
_LATIN = "NGUYEN THI MINH ANH O'Brien-Smith, Jr. 12345 (A)\\<>/%&ÄÉñÿ"


@cache
def _of_the_register(of_each: int = 1500) -> tuple[str, ...]:
    """Characters and variation sequences that IPAmj Mincho draws: a sample, the same in every run."""
    with TTFont(IPAMJ_MINCHO, lazy=True) as font:
        known = [chr(code) for code in font["cmap"].getBestCmap() if unicodedata.category(chr(code)) == "Lo"]
        sequences = next(table.uvsDict for table in font["cmap"].tables if table.format == 14)
    varied = [chr(base) + chr(selector) for selector, bases in sequences.items() for base, _ in bases]
    far = [text for text in known if ord(text) > 0xFFFF]
    chance = random.Random(4)
    return tuple(piece for among in (known, varied, far) for piece in chance.sample(sorted(among), of_each))


def _sound() -> st.SearchStrategy[str]:
    pieces = st.one_of(
        st.sampled_from(_PLAIN), st.sampled_from(_PLAIN), st.sampled_from(_of_the_register()), st.sampled_from(_SPACES)
    )
    latin = st.lists(st.sampled_from(_LATIN), min_size=1, max_size=40).map("".join)
    return st.one_of(st.lists(pieces, min_size=1, max_size=40).map("".join), latin)


def _hostile_piece() -> st.SearchStrategy[str]:
    lists = (_CONTROL, _BIDI, _SURROGATES, _INVISIBLE, _MARKS, _OTHER, _NOT_MOJI_JOHO, _SPACES)
    return st.one_of(*map(st.sampled_from, lists), st.characters())


@st.composite
def _spoilt(draw: st.DrawFn) -> str:
    text, piece = draw(_sound()), draw(_hostile_piece())
    place = draw(st.integers(0, len(text)))
    return text[:place] + piece + text[place:]


@st.composite
def _long(draw: st.DrawFn) -> str:
    text = draw(_sound())
    return (text * LONGEST)[: draw(st.sampled_from([60, 130, 260, 520, 1200, LONGEST]))]


def any_text() -> st.SearchStrategy[str]:
    """Never empty; of up to 4,000 characters."""
    return st.one_of(_sound(), _sound(), _spoilt(), _spoilt(), _long())
