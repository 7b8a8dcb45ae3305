"""The part of one font that a document embeds: a TrueType file, widths, and the way back from glyphs to text.

Each grapheme string has its own CID even if two strings share an outline: only so does extraction give back exactly
what was recorded. Glyph number and CID are the same (CIDToGIDMap Identity); glyph 0 is empty, so no box can be drawn.
Outlines are copied byte for byte, hints included.
"""

import struct
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, groupby

from pdf.font_chain import Glyph
from pdf.truetype import TableData, TrueTypeFont, checksum, padded

_COPIED = ("cvt ", "fpgm", "prep")
_MAGIC = 0xB1B0AFBA
_LINES_PER_BLOCK = 100
_EMPTY_METRIC = bytes(4)
_WHOLE_EM = b"1000"


class FontSubset:
    """Collects the graphemes of one document that one font draws."""

    def __init__(self, font: TrueTypeFont) -> None:
        self.font = font
        self._glyphs: dict[str, Glyph] = {}
        self._codes: dict[str, str] = {}

    def code(self, glyph: Glyph) -> str:
        """The glyph's CID in this document as it is spelled on a page, given on first use."""
        self._glyphs.setdefault(glyph.text, glyph)
        return self._codes.setdefault(glyph.text, f"{len(self._glyphs):04X}")

    def codes(self, glyphs: Sequence[Glyph]) -> dict[str, str]:
        """The CIDs of new glyphs that each draw one character, by the character."""
        new = {glyph.text: glyph for glyph in glyphs}
        first = len(self._glyphs)
        self._glyphs |= new
        codes = dict(zip(new, _names(len(self._glyphs))[first:], strict=True))
        self._codes |= codes
        return codes

    def widths(self) -> bytes:
        """The /W array of the CIDFont, in thousandths of an em: stretches of one width, but for those of a whole em.

        Readers go through it for every character that they draw (ISO 32000-1, 9.7.4.3; /DW is 1000).
        """
        first, stretches = 1, []
        for width, alike in groupby([glyph.thousandths for glyph in self._glyphs.values()]):
            after = first + len(list(alike))
            stretches += [b"%d %d %b" % (first, after - 1, width)] if width != _WHOLE_EM else []
            first = after
        return b"[" + b" ".join(stretches) + b"]"

    def to_unicode(self) -> bytes:
        """The ToUnicode CMap: each CID back to its grapheme in UTF-16BE, selectors and surrogates included."""
        meanings = [glyph.meaning for glyph in self._glyphs.values()]
        lines = [f"<{cid}><{meaning}>" for cid, meaning in zip(_names(len(meanings)), meanings, strict=True)]
        blocks = [lines[i : i + _LINES_PER_BLOCK] for i in range(0, len(lines), _LINES_PER_BLOCK)]
        body = "\n".join([f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks])
        return _CMAP.replace("%", body).encode("ascii")

    def file(self) -> list[bytes]:
        """The TrueType file to embed, in pieces (tables as ISO 32000-1, 9.9 asks)."""
        font = self.font
        known = font.glyphs
        glyphs = [known[glyph.number] for glyph in self._glyphs.values()]
        count = len(glyphs) + 1
        # Glyph 0 is empty: nothing lies between the first two offsets.
        offsets = [0, *accumulate([len(glyph.outline) for glyph in glyphs], initial=0)]
        tables = {tag: font.table_data(tag) for tag in _COPIED}
        tables |= {
            "glyf": _joined([glyph.outline for glyph in glyphs], sum([glyph.checksum for glyph in glyphs])),
            "head": _head(font),
            "hhea": _table(_patched(font.table("hhea"), {34: struct.pack(">H", count)})),
            "hmtx": _table(_EMPTY_METRIC + b"".join([glyph.metric for glyph in glyphs])),
            "loca": _table(struct.pack(f">{len(offsets)}L", *offsets)),
            "maxp": _table(_patched(font.table("maxp"), {4: struct.pack(">H", count)})),
        }
        return _font_file({tag: table for tag, table in sorted(tables.items()) if table.data})


@lru_cache(maxsize=512)
def _names(count: int) -> tuple[str, ...]:
    """The first codes as they are spelled on a page."""
    return tuple([f"{cid:04X}" for cid in range(1, count + 1)])


@lru_cache(maxsize=8)
def _head(font: TrueTypeFont) -> TableData:
    """Without a checksum yet, and with long offsets."""
    return _table(_patched(font.table("head"), {8: b"\0\0\0\0", 50: b"\0\1"}))


def _table(data: bytes) -> TableData:
    return TableData(data, checksum(padded(data)))


def _joined(parts: list[bytes], total: int) -> TableData:
    return TableData(b"".join(parts), total & 0xFFFFFFFF)


def _font_file(tables: dict[str, TableData]) -> list[bytes]:
    count = len(tables)
    log = count.bit_length() - 1
    header = struct.pack(">LHHHH", 0x00010000, count, 16 << log, log, 16 * count - (16 << log))
    offset = len(header) + 16 * count
    bodies = {}
    for tag, (data, total) in tables.items():
        bodies[tag] = padded(data)
        header += struct.pack(">4sLLL", tag.encode(), total, offset, len(data))
        offset += len(bodies[tag])
    whole = sum([total for _, total in tables.values()]) + checksum(header)
    bodies["head"] = _patched(bodies["head"], {8: struct.pack(">L", (_MAGIC - whole) & 0xFFFFFFFF)})
    return [header, *bodies.values()]


def _patched(table: bytes, changes: dict[int, bytes]) -> bytes:
    data = bytearray(table)
    for offset, value in changes.items():
        data[offset : offset + len(value)] = value
    return bytes(data)


_CMAP = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo <</Registry(Adobe)/Ordering(UCS)/Supplement 0>> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000><FFFF>
endcodespacerange
%
endcmap
CMapName currentdict /CMap defineresource pop
end
end"""
