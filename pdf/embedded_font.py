"""A font as it stands in a finished file: each glyph must be the source font's for what it is said to mean.

Read without a library, since each of its five objects has one spelling: program, descriptor, descendant, ToUnicode, Type0.
What they should say is made from the source font as fontTools reads it, and compared whole.
"""

import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Final

from pdf.errors import FontMismatch, GlyphMismatch
from pdf.outline_source import OutlineSource, SourceGlyph

_NAME: Final = re.compile(rb"/BaseFont/([A-Z]{6})\+([^/ ]+)/")
_STREAM: Final = re.compile(rb"<<(?:/Length1 (\d+))?/Length (\d+)>>\nstream\n")
_MEANING: Final = re.compile("><((?:[0-9A-F]{4})+)>\n")
_BEFORE_MEANINGS: Final = "endcodespacerange\n"
_PER_BLOCK: Final = 100
_WORD: Final = 4
_EMPTY_METRIC: Final = bytes(4)


@dataclass(frozen=True, slots=True)
class EmbeddedFont:
    """What the codes of an embedded font mean: code 1 the first of `graphemes`, and so on.

    `codes` are those of the graphemes that are single characters, as they are spelled on a page, by code point.
    """

    graphemes: list[str]
    codes: dict[int, str]


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
    codes, glyphs = _glyphs(_stream(to_unicode).decode("latin-1"), source)
    if descendant != _descendant(name, first, glyphs):
        raise GlyphMismatch
    _check_program(_stream(program), source, glyphs)
    graphemes = [glyph.text for glyph in glyphs]
    return EmbeddedFont(
        graphemes, {ord(text): code for text, code in zip(graphemes, codes, strict=True) if len(text) == 1}
    )


def _stream(item: bytes) -> bytes:
    found = _STREAM.match(item)
    if found is None or not item.endswith(b"\nendstream"):
        raise FontMismatch
    data = item[found.end() : -len(b"\nendstream")]
    if {int(size) for size in found.groups() if size is not None} != {len(data)}:
        raise FontMismatch
    return data


def _glyphs(to_unicode: str, source: OutlineSource) -> tuple[tuple[str, ...], list[SourceGlyph]]:
    """The codes, which count from 1, and the source's glyphs for their meanings."""
    meanings = _MEANING.findall(to_unicode, to_unicode.find(_BEFORE_MEANINGS) + len(_BEFORE_MEANINGS))
    glyphs = [glyph for meaning in meanings if (glyph := source.meant_by(meaning)) is not None]
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


def _check_program(program: bytes, source: OutlineSource, glyphs: Sequence[SourceGlyph]) -> None:
    """Its tables are the source's, reduced to these glyphs behind an empty one."""
    try:
        tables = _tables(program)
        outlines = [glyph.outline for glyph in glyphs]
        offsets = [0, *accumulate([len(outline) for outline in outlines], initial=0)]
        same = {
            b"glyf": b"".join(outlines),
            b"hmtx": _EMPTY_METRIC + b"".join([glyph.metric for glyph in glyphs]),
            b"loca": struct.pack(f">{len(offsets)}L", *offsets),
        }
        if any(tables.get(tag) != data for tag, data in same.items()):
            raise GlyphMismatch
        if tables != same | _copied(source, tables[b"head"], len(glyphs) + 1):
            raise FontMismatch
    except (KeyError, struct.error) as broken:
        raise FontMismatch from broken


def _tables(program: bytes) -> dict[bytes, bytes]:
    """The tables by tag; they follow each other without a gap, each filled up to whole words."""
    kind, count = struct.unpack_from(">LH", program)
    tables, end = {}, 12 + 16 * count
    for tag, _, offset, length in struct.iter_unpack(">4sLLL", program[12:end]):
        if offset != end:
            raise FontMismatch
        tables[tag] = program[offset : offset + length]
        end += length + -length % _WORD
    if kind != 0x00010000 or end != len(program):  # noqa: PLR2004 - TrueType outlines, OpenType 1.9
        raise FontMismatch
    return tables


def _copied(source: OutlineSource, head: bytes, count: int) -> dict[bytes, bytes]:
    """The tables taken over: head but for its checksum, with long offsets; hhea and maxp with another count."""
    whole = {tag.encode(): data for tag, data in source.tables.items()}
    original, counted = whole[b"head"], struct.pack(">H", count)
    return whole | {
        b"head": original[:8] + head[8:12] + original[12:50] + b"\0\1" + original[52:],
        b"hhea": whole[b"hhea"][:34] + counted,
        b"maxp": whole[b"maxp"][:4] + counted + whole[b"maxp"][6:],
    }


def _descriptor(name: bytes, source: OutlineSource, first: int) -> bytes:
    ascent, descent, left, foot, right, head = [
        round(value * 1000 / source.units_per_em) for value in (source.ascent, source.descent, *source.box)
    ]
    return (
        b"<</Type/FontDescriptor/FontName/%b/Flags 4/ItalicAngle 0/StemV 80/FontBBox[%d %d %d %d]/Ascent %d"
        b"/Descent %d/CapHeight %d/FontFile2 %d 0 R>>" % (name, left, foot, right, head, ascent, descent, ascent, first)
    )


def _descendant(name: bytes, first: int, glyphs: Sequence[SourceGlyph]) -> bytes:
    widths = b" ".join([glyph.width for glyph in glyphs])
    return (
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/%b/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
        b"/FontDescriptor %d 0 R/CIDToGIDMap/Identity/DW 1000/W [1[%b]]>>" % (name, first + 1, widths)
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
