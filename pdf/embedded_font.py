"""A font as it stands in a finished file: each glyph must be the source font's for what it is said to mean.

Read without a library, since each of its five objects has one spelling: program, descriptor, descendant, ToUnicode, Type0.
What they should say is made from the source font as fontTools reads it, and compared whole.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from pdf.errors import FontMismatch, GlyphMismatch
from pdf.outline_source import OutlineSource, SourceGlyph
from pdf.source_program import drawn_tables, program_of
from pdf.strict_file import stream_of

_NAME: Final = re.compile(rb"/BaseFont/([A-Z]{6})\+([^/ ]+)/")
_MEANING: Final = re.compile("><((?:[0-9A-F]{4})+)>\n")
_BEFORE_MEANINGS: Final = "endcodespacerange\n"
_PER_BLOCK: Final = 100


@dataclass(frozen=True, slots=True)
class EmbeddedFont:
    """What the codes of an embedded font mean: code 1 the first of `graphemes`, and so on.

    `codes` are those of the graphemes that are single characters, as they are spelled on a page, by the character.
    """

    graphemes: list[str]
    codes: dict[str, str]


def read_font(objects: Sequence[bytes], first: int, sources: Mapping[str, OutlineSource]) -> EmbeddedFont:
    """Check the five objects of a font, of which the first has the number `first`.

    Raises `FontMismatch` if it is none of `sources` embedded the way we embed fonts, `GlyphMismatch` for a glyph that is
    not the source's for its meaning, or has none.
    """
    program, descriptor, descendant, to_unicode, font = objects
    found = _NAME.search(font)
    source = sources.get(found[2].decode("latin-1")) if found is not None else None
    if found is None or source is None:
        raise FontMismatch
    name = b"%b+%b" % (found[1], found[2])
    if (descriptor, font) != (_descriptor(name, source, first), _type0(name, first)):
        raise FontMismatch
    entries, meanings = stream_of(to_unicode, FontMismatch)
    if entries:
        raise FontMismatch
    codes, glyphs = _glyphs(meanings.decode("latin-1"), source)
    if descendant != _descendant(name, first, glyphs):
        raise GlyphMismatch
    _check_program(program, source, glyphs)
    graphemes = [glyph.text for glyph in glyphs]
    return EmbeddedFont(graphemes, dict(zip(graphemes, codes, strict=True)))


def _glyphs(to_unicode: str, source: OutlineSource) -> tuple[tuple[str, ...], list[SourceGlyph]]:
    """The codes, which count from 1, and the source's glyphs for their meanings."""
    meanings = _MEANING.findall(to_unicode, to_unicode.find(_BEFORE_MEANINGS) + len(_BEFORE_MEANINGS))
    glyphs = [glyph for glyph in map(source.meant_by, meanings) if glyph is not None]
    if len(glyphs) != len(meanings):
        raise GlyphMismatch
    codes = _codes(len(meanings))
    lines = [f"<{code}><{meaning}>\n" for code, meaning in zip(codes, meanings, strict=True)]
    blocks = [lines[start : start + _PER_BLOCK] for start in range(0, len(lines), _PER_BLOCK)]
    body = "".join([f"{len(block)} beginbfchar\n{''.join(block)}endbfchar\n" for block in blocks])
    if to_unicode != _TO_UNICODE % body:
        raise FontMismatch
    return codes, glyphs


@lru_cache(maxsize=512)
def _codes(count: int) -> tuple[str, ...]:
    return tuple([f"{code:04X}" for code in range(1, count + 1)])


def _check_program(item: bytes, source: OutlineSource, glyphs: Sequence[SourceGlyph]) -> None:
    """It is the source's, reduced to these glyphs behind an empty one, and nothing else; compared whole."""
    program = program_of(source, glyphs)
    length = sum(map(len, program))
    if item != b"".join([b"<</Length1 %d/Length %d>>\nstream\n" % (length, length), *program, b"\nendstream"]):
        drawn = drawn_tables(glyphs).values()
        raise FontMismatch if all(table in item for table in drawn) else GlyphMismatch


def _descriptor(name: bytes, source: OutlineSource, first: int) -> bytes:
    ascent, descent, left, foot, right, head = [
        round(value * 1000 / source.units_per_em) for value in (source.ascent, source.descent, *source.box)
    ]
    return (
        b"<</Type/FontDescriptor/FontName/%b/Flags 4/ItalicAngle 0/StemV 80/FontBBox[%d %d %d %d]/Ascent %d"
        b"/Descent %d/CapHeight %d/FontFile2 %d 0 R>>" % (name, left, foot, right, head, ascent, descent, ascent, first)
    )


def _descendant(name: bytes, first: int, glyphs: Sequence[SourceGlyph]) -> bytes:
    widths = [glyph.width for glyph in glyphs]
    changes = [code for code, (one, other) in enumerate(pairwise([b"", *widths, b""]), 1) if one != other]
    stretches = [(begin, end - 1, widths[begin - 1]) for begin, end in pairwise(changes)]
    listed = b" ".join([b"%d %d %b" % stretch for stretch in stretches if stretch[2] != b"1000"])
    return (
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/%b/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
        b"/FontDescriptor %d 0 R/CIDToGIDMap/Identity/DW 1000/W [%b]>>" % (name, first + 1, listed)
    )


def _type0(name: bytes, first: int) -> bytes:
    return b"<</Type/Font/Subtype/Type0/BaseFont/%b/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>" % (
        name,
        first + 2,
        first + 3,
    )


_TO_UNICODE: Final = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo <</Registry(Adobe)/Ordering(UCS)/Supplement 0>> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000><FFFF>
endcodespacerange
%sendcmap
CMapName currentdict /CMap defineresource pop
end
end"""
