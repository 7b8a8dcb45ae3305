"""Which outline a source font has for a character: a second lookup, by fontTools, independent of composing's reader."""

import mmap
import struct
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont

_POSTSCRIPT_NAME = 6
_VARIATION_SEQUENCES = 14
_BASE_AND_SELECTOR = 2
_WORD = 4
_UNCHANGED = ("cvt ", "fpgm", "prep")
"""Tables that an embedded font takes over whole …"""

_RECOUNTED = ("head", "hhea", "maxp")
"""… and all but the counts and checksums in them."""


@dataclass(frozen=True, slots=True)
class SourceGlyph:
    """What a font file holds for one grapheme: its glyf bytes filled up to whole words, their sum, hmtx record, width as a PDF says it."""

    text: str
    outline: bytes
    checksum: int
    metric: bytes
    width: bytes


class OutlineSource:
    """One font file as fontTools reads it."""

    def __init__(self, path: Path) -> None:
        self._known: dict[str, SourceGlyph | None] = {}
        with TTFont(path, lazy=True) as font:
            tables = {tag: bytes(font.reader[tag]) for tag in _UNCHANGED + _RECOUNTED if tag in font.reader}
            self.tables = {tag.encode(): data for tag, data in tables.items()}
            self.checksums = {tag.encode(): checksum(filled(tables[tag])) for tag in _UNCHANGED if tag in tables}
            self.ascent, self.descent = int(font["hhea"].ascent), int(font["hhea"].descent)
            head = font["head"]
            self.box = (int(head.xMin), int(head.yMin), int(head.xMax), int(head.yMax))
            self.name = str(font["name"].getDebugName(_POSTSCRIPT_NAME))
            self.units_per_em = int(font["head"].unitsPerEm)
            self._characters: dict[int, str] = font["cmap"].getBestCmap()
            self._variants = _variation_sequences(font)
            self._number = font.getReverseGlyphMap()
            self._metrics = font["hmtx"].metrics
            self._offsets = font["loca"]
            self._glyf = font.reader.tables["glyf"].offset
        with path.open("rb") as file:
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def outline(self, text: str) -> tuple[bytes, int] | None:
        """The glyf bytes and advance width for a character, or base + selector; None if the font has no such glyph."""
        name = self._glyph_name(text)
        if name is None:
            return None
        number = self._number[name]
        start, end = self._offsets[number], self._offsets[number + 1]
        return self._data[self._glyf + start : self._glyf + end], self._metrics[name][0]

    def meant_by(self, code: str) -> SourceGlyph | None:
        """The glyph for a grapheme given in UTF-16BE, hexadecimal; found once for each."""
        try:
            return self._known[code]
        except KeyError:
            self._known[code] = self._glyph(bytes.fromhex(code).decode("utf-16-be", "replace"))
            return self._known[code]

    def _glyph(self, text: str) -> SourceGlyph | None:
        found = self.outline(text)
        name = self._glyph_name(text)
        if found is None or name is None:
            return None
        outline, advance = found
        metric = struct.pack(">Hh", *self._metrics[name])
        words = filled(outline)
        return SourceGlyph(text, words, checksum(words), metric, b"%g" % round(advance * 1000 / self.units_per_em, 3))

    def _glyph_name(self, text: str) -> str | None:
        if len(text) == 1:
            return self._characters.get(ord(text))
        if len(text) != _BASE_AND_SELECTOR:
            return None
        base, selector = map(ord, text)
        if (base, selector) not in self._variants:
            return None
        return self._variants[base, selector] or self._characters.get(base)


@lru_cache(maxsize=8)
def outline_source(path: Path) -> OutlineSource:
    """The source for a font file, read once."""
    return OutlineSource(path)


def checksum(words: bytes) -> int:
    """The sum of whole 32-bit words (OpenType 1.9, Calculating Checksums)."""
    total: int = sum(struct.unpack(f">{len(words) // _WORD}L", words))
    return total & 0xFFFFFFFF


def filled(data: bytes) -> bytes:
    """The data with zeros up to whole 32-bit words."""
    return data + bytes(-len(data) % _WORD)


def _variation_sequences(font: TTFont) -> dict[tuple[int, int], str | None]:
    """(base, selector) to glyph name; None stands for the base character's own glyph."""
    tables = [table for table in font["cmap"].tables if table.format == _VARIATION_SEQUENCES]
    return {
        (base, selector): name
        for table in tables
        for selector, entries in table.uvsDict.items()
        for base, name in entries
    }
