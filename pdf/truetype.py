"""Reads what composing needs from one TrueType font file: character to glyph, advance widths, raw outlines.

OpenType 1.9: cmap formats 12 (characters) and 14 (variation sequences), hmtx, loca and glyf. The file is mapped into
memory, so a 46 MB font costs start-up only a few milliseconds. The inspection does not use this reader.
"""

import mmap
import struct
import sys
from array import array
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from pdf.errors import FontUnsuitable

_VARIATION_SELECTOR_TABLE = 14
_ALL_PLANES_TABLE = 12
_POSTSCRIPT_NAME = 6
_UNICODE_ON_WINDOWS = 3


class TableData(NamedTuple):
    """The bytes of one table of a font file, and their checksum."""

    data: bytes
    checksum: int


@dataclass(frozen=True, slots=True)
class GlyphData:
    """What a subset holds of one glyph: the outline filled up to whole words, their sum, and the hmtx record."""

    outline: bytes
    checksum: int
    metric: bytes


class TrueTypeFont:
    """One font file, read-only, safe to share between threads.

    Raises `FontUnsuitable` if the file is no TrueType font with the tables named above.
    """

    def __init__(self, path: Path) -> None:
        self.glyphs: Mapping[int, GlyphData] = _Glyphs(self)
        self._constants: dict[str, TableData] = {}
        with path.open("rb") as file:
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        try:
            self._read_tables()
        except (struct.error, KeyError, IndexError) as broken:
            raise FontUnsuitable from broken

    def _read_tables(self) -> None:
        (count,) = struct.unpack_from(">4xH", self._data, 0)
        records = struct.iter_unpack(">4s4xLL", self._data[12 : 12 + 16 * count])
        self._tables = {tag.decode("latin-1"): (offset, length) for tag, offset, length in records}
        if "glyf" not in self._tables:
            raise FontUnsuitable
        self.name = self._postscript_name()
        (self.units_per_em,) = struct.unpack_from(">H", self.table("head"), 18)
        self.box: tuple[int, int, int, int] = struct.unpack_from(">4h", self.table("head"), 36)
        (self._long_offsets,) = struct.unpack_from(">h", self.table("head"), 50)
        self.ascent, self.descent = struct.unpack_from(">2h", self.table("hhea"), 4)
        (self._metrics,) = struct.unpack_from(">H", self.table("hhea"), 34)
        self._read_cmap()

    def table(self, tag: str) -> bytes:
        """The bytes of one table; empty if the font has none of that name."""
        offset, length = self._tables.get(tag, (0, 0))
        return self._data[offset : offset + length]

    def glyph_id(self, grapheme: str) -> int | None:
        """The glyph for one character, or for base + variation selector; None if this font does not draw exactly that.

        A variation sequence that the font does not list is None, never the base character's glyph.
        """
        if len(grapheme) == 1:
            return self._character(ord(grapheme))
        if len(grapheme) != len("字\ufe00"):
            return None
        base, selector = map(ord, grapheme)
        if base in self._as_base.get(selector, frozenset()):
            return self._character(base)
        return self._variants.get((base, selector))

    def advance(self, glyph: int) -> int:
        """The glyph's advance width in font units."""
        offset, _ = self._tables["hmtx"]
        (width,) = struct.unpack_from(">H", self._data, offset + 4 * min(glyph, self._metrics - 1))
        return int(width)

    def metric(self, glyph: int) -> bytes:
        """The glyph's hmtx record: advance and left side bearing, 4 bytes."""
        offset, _ = self._tables["hmtx"]
        if glyph < self._metrics:
            return self._data[offset + 4 * glyph : offset + 4 * glyph + 4]
        advance = offset + 4 * (self._metrics - 1)
        bearing = offset + 4 * self._metrics + 2 * (glyph - self._metrics)
        return self._data[advance : advance + 2] + self._data[bearing : bearing + 2]

    def outline(self, glyph: int) -> bytes:
        """The glyph's bytes in the glyf table; empty for a space."""
        loca, _ = self._tables["loca"]
        glyf, _ = self._tables["glyf"]
        if self._long_offsets:
            start, end = struct.unpack_from(">2L", self._data, loca + 4 * glyph)
        else:
            start, end = (2 * half for half in struct.unpack_from(">2H", self._data, loca + 2 * glyph))
        return self._data[glyf + start : glyf + end]

    def table_data(self, tag: str) -> TableData:
        """A table that a subset takes over whole, with its checksum."""
        known = self._constants.get(tag)
        if known is None:
            data = self.table(tag)
            known = self._constants[tag] = TableData(data, checksum(padded(data)))
        return known

    def _character(self, code: int) -> int | None:
        index = bisect_right(self._starts, code) - 1
        if index < 0:
            return None
        start, end, glyph = self._groups[index]
        return glyph + code - start or None if code <= end else None

    def _postscript_name(self) -> str:
        names = self.table("name")
        count, strings = struct.unpack_from(">2xHH", names, 0)
        for record in struct.iter_unpack(">6H", names[6 : 6 + 12 * count]):
            platform, _, _, name, length, offset = record
            if platform == _UNICODE_ON_WINDOWS and name == _POSTSCRIPT_NAME:
                return names[strings + offset : strings + offset + length].decode("utf-16-be")
        raise FontUnsuitable

    def _read_cmap(self) -> None:
        cmap = self.table("cmap")
        (count,) = struct.unpack_from(">2xH", cmap, 0)
        subtables = {
            struct.unpack_from(">H", cmap, offset)[0]: offset
            for _, _, offset in struct.iter_unpack(">HHL", cmap[4 : 4 + 8 * count])
        }
        start = subtables[_ALL_PLANES_TABLE]
        (groups,) = struct.unpack_from(">L", cmap, start + 12)
        self._groups = list(struct.iter_unpack(">3L", cmap[start + 16 : start + 16 + 12 * groups]))
        self._starts = [group[0] for group in self._groups]
        self._as_base: dict[int, frozenset[int]] = {}
        self._variants: dict[tuple[int, int], int] = {}
        if _VARIATION_SELECTOR_TABLE in subtables:
            self._read_variants(cmap[subtables[_VARIATION_SELECTOR_TABLE] :])

    def _read_variants(self, table: bytes) -> None:
        (count,) = struct.unpack_from(">6xL", table, 0)
        for high, low, default, special in struct.iter_unpack(">BHLL", table[10 : 10 + 11 * count]):
            selector = high << 16 | low
            if default:
                ranges = struct.iter_unpack(">BHB", _records(table, default, 4))
                codes = (((h << 16 | lo), more) for h, lo, more in ranges)
                self._as_base[selector] = frozenset(c for code, more in codes for c in range(code, code + more + 1))
            if special:
                entries = struct.iter_unpack(">BHH", _records(table, special, 5))
                self._variants.update({(h << 16 | lo, selector): glyph for h, lo, glyph in entries})


def _records(table: bytes, offset: int, size: int) -> bytes:
    (count,) = struct.unpack_from(">L", table, offset)
    return table[offset + 4 : offset + 4 + size * count]


class _Glyphs(dict[int, GlyphData]):
    """The glyphs as subsets hold them, each read when it is first asked for."""

    def __init__(self, font: TrueTypeFont) -> None:
        super().__init__()
        self._font = font

    def __missing__(self, glyph: int) -> GlyphData:
        outline = padded(self._font.outline(glyph))
        self[glyph] = GlyphData(outline, checksum(outline), self._font.metric(glyph))
        return self[glyph]


def checksum(data: bytes) -> int:
    """The sum of the 32-bit words of `data`, which are whole words (OpenType 1.9, Calculating Checksums)."""
    words = array("I", data)
    if sys.byteorder == "little":
        words.byteswap()
    return sum(words) & 0xFFFFFFFF


def padded(data: bytes) -> bytes:
    """`data` filled up to whole 32-bit words."""
    return data + bytes(-len(data) % 4)
