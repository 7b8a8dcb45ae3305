"""For any text at all: what is printed is what was recorded, or there is a typed refusal."""

import random
from dataclasses import replace
from functools import cache

from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st

from civil.text import text_fault
from pdf import FontChain, GlyphMissing, TextOverflow, compose, inspect, plan
from pdf.layout import is_blank
from tests.pdf.samples import FOREIGN, JAPANESE, SNAPSHOT

_FONTS = FontChain()


@cache
def _printable() -> tuple[str, ...]:
    """Characters and variation sequences that the first font draws: a sample, the same in every run."""
    with TTFont(_FONTS.paths[0], lazy=True) as font:
        sequences = next(table.uvsDict for table in font["cmap"].tables if table.format == 14)
        every = [chr(code) for code in font["cmap"].getBestCmap()]
    every += [chr(base) + chr(selector) for selector, bases in sequences.items() for base, _ in bases]
    sound = [text for text in every if text_fault(text) is None and not _FONTS.missing(text)]
    return (*"　 -ー－1A・々〆ヶ髙﨑", *random.Random(7).sample(sound, 4000))


def drawable() -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(_printable()), min_size=1, max_size=60).map("".join)


def _is_sound(text: str) -> bool:
    return text_fault(text) is None and not is_blank(text)


@settings(max_examples=150)
@given(name=drawable().filter(_is_sound), address=drawable().filter(_is_sound), foreign=st.booleans())
def test_what_can_be_drawn_is_printed_exactly_or_refused(name: str, address: str, foreign: bool) -> None:  # noqa: FBT001
    person = replace(FOREIGN if foreign else JAPANESE, name=name, address_before_move_in=address)
    snapshot = replace(SNAPSHOT, persons=(person,), address=address)
    try:
        pages = plan(snapshot, _FONTS)
    except TextOverflow:
        return
    printed: dict[str, str] = {}
    for placed in pages[0].texts:
        printed[placed.field] = printed.get(placed.field, "") + placed.text
    assert (printed["person1.name"], printed["address"]) == (name, address)
    assert printed["person1.address_before_move_in"] == address
    document = compose(snapshot, pages, _FONTS)
    assert inspect(document.content, pages, _FONTS).digest == document.digest


@settings(max_examples=150)
@given(name=st.text(min_size=1, max_size=30))
def test_any_text_at_all_is_printed_or_refused_with_its_field(name: str) -> None:
    snapshot = replace(SNAPSHOT, persons=(replace(JAPANESE, name=name),))
    try:
        pages = plan(snapshot, _FONTS)
    except (GlyphMissing, TextOverflow) as refusal:
        refused = refusal.field
    else:
        refused = "person1.name"
        if _is_sound(name):
            inspect(compose(snapshot, pages, _FONTS).content, pages, _FONTS)
    assert refused == "person1.name"
