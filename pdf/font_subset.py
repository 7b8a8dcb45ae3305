"""The part of one font that a document embeds: a TrueType file, widths, and the way back from glyphs to text.

Each grapheme string has its own CID even if two strings share an outline: only so does extraction give back exactly
what was recorded. Glyph number and CID are the same (CIDToGIDMap Identity); glyph 0 is empty, so no box can be drawn.
Outlines are copied byte for byte, hints included.
"""

import struct
import sys
from array import array
from itertools import accumulate

from pdf.font_chain import Glyph
from pdf.truetype import TrueTypeFont

_COPIED = ("cvt ", "fpgm", "prep")
_MAGIC = 0xB1B0AFBA
_LINES_PER_BLOCK = 100
_EMPTY_METRIC = bytes(4)


class FontSubset:
    """Collects the graphemes of one document that one font draws."""

    def __init__(self, font: TrueTypeFont) -> None:
        self.font = font
        self._glyphs: dict[str, Glyph] = {}
        self._cids: dict[str, int] = {}

    def code(self, glyph: Glyph) -> int:
        """The glyph's CID in this document, given on first use."""
        cid = self._cids.get(glyph.text)
        if cid is None:
            cid = self._cids[glyph.text] = len(self._cids) + 1
            self._glyphs[glyph.text] = glyph
        return cid

    def widths(self) -> bytes:
        """The /W array of the CIDFont, in thousandths of an em."""
        scaled = (b"%g" % round(glyph.advance * 1000, 3) for glyph in self._glyphs.values())
        return b"[1[" + b" ".join(scaled) + b"]]"

    def to_unicode(self) -> bytes:
        """The ToUnicode CMap: each CID back to its grapheme in UTF-16BE, selectors and surrogates included."""
        lines = [f"<{cid:04X}><{text.encode('utf-16-be').hex().upper()}>" for text, cid in self._cids.items()]
        blocks = [lines[i : i + _LINES_PER_BLOCK] for i in range(0, len(lines), _LINES_PER_BLOCK)]
        body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
        return _CMAP.replace("%", body).encode("ascii")

    def file(self) -> bytes:
        """The TrueType file to embed (tables as ISO 32000-1, 9.9 asks)."""
        glyphs = list(self._glyphs.values())
        outlines = [b"", *(_padded(self.font.outline(glyph.number)) for glyph in glyphs)]
        offsets = list(accumulate(map(len, outlines), initial=0))
        metrics = [_EMPTY_METRIC, *(self.font.metric(glyph.number) for glyph in glyphs)]
        tables = {tag: self.font.table(tag) for tag in _COPIED}
        tables |= {
            "glyf": b"".join(outlines),
            "head": _patched(self.font.table("head"), {8: b"\0\0\0\0", 50: b"\0\1"}),
            "hhea": _patched(self.font.table("hhea"), {34: struct.pack(">H", len(metrics))}),
            "hmtx": b"".join(metrics),
            "loca": struct.pack(f">{len(offsets)}L", *offsets),
            "maxp": _patched(self.font.table("maxp"), {4: struct.pack(">H", len(outlines))}),
        }
        return _font_file({tag: data for tag, data in sorted(tables.items()) if data})


def _font_file(tables: dict[str, bytes]) -> bytes:
    count = len(tables)
    log = count.bit_length() - 1
    header = struct.pack(">LHHHH", 0x00010000, count, 16 << log, log, 16 * count - (16 << log))
    offset = len(header) + 16 * count
    sums, bodies, head = [], [], 0
    for tag, data in tables.items():
        body = _padded(data)
        sums.append(_checksum(body))
        header += struct.pack(">4sLLL", tag.encode(), sums[-1], offset, len(data))
        head = offset if tag == "head" else head
        offset += len(body)
        bodies.append(body)
    file = bytearray(header + b"".join(bodies))
    struct.pack_into(">L", file, head + 8, (_MAGIC - sum(sums) - _checksum(header)) & 0xFFFFFFFF)
    return bytes(file)


def _checksum(data: bytes) -> int:
    words = array("I", data)
    if sys.byteorder == "little":
        words.byteswap()
    return sum(words) & 0xFFFFFFFF


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


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
