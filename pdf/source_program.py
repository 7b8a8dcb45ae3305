"""The font program that an embedded font must be, byte for byte: made from the source font as fontTools reads it.

Composing makes its own by another reader (`font_subset`).
"""

import struct
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from pdf.outline_source import OutlineSource, SourceGlyph, checksum, filled

_TRUETYPE: Final = 0x00010000
_MAGIC: Final = 0xB1B0AFBA
_WORD: Final = 4
_EMPTY_METRIC: Final = bytes(4)
_ADJUSTMENT: Final = 8


def drawn_tables(glyphs: Sequence[SourceGlyph]) -> dict[bytes, bytes]:
    """The tables that say how the glyphs look, behind an empty one."""
    outlines = [glyph.outline for glyph in glyphs]
    offsets = [0, *accumulate([len(outline) for outline in outlines], initial=0)]
    return {
        b"glyf": b"".join(outlines),
        b"hmtx": _EMPTY_METRIC + b"".join([glyph.metric for glyph in glyphs]),
        b"loca": struct.pack(f">{len(offsets)}L", *offsets),
    }


def program_of(source: OutlineSource, glyphs: Sequence[SourceGlyph]) -> list[bytes]:
    """The file (OpenType 1.9) in pieces: header, and tables in the order of their tags, padded with zeros, every sum right."""
    tables = drawn_tables(glyphs) | _copied(source, len(glyphs) + 1)
    known = source.checksums | {b"glyf": sum([glyph.checksum for glyph in glyphs])}
    tags = sorted(tables)
    bodies = [filled(tables[tag]) for tag in tags]
    sums = [known[tag] if tag in known else checksum(body) for tag, body in zip(tags, bodies, strict=True)]
    header = _header(tags, [len(tables[tag]) for tag in tags], sums)
    head, adjusted = tags.index(b"head"), struct.pack(">L", (_MAGIC - sum(sums) - checksum(header)) & 0xFFFFFFFF)
    bodies[head] = bodies[head][:_ADJUSTMENT] + adjusted + bodies[head][_ADJUSTMENT + _WORD :]
    return [header, *bodies]


def _header(tags: Sequence[bytes], lengths: Sequence[int], sums: Sequence[int]) -> bytes:
    count = len(tags)
    power = count.bit_length() - 1
    search = 16 << power
    begin = struct.pack(">LHHHH", _TRUETYPE, count, search, power, 16 * count - search)
    offsets = accumulate([length + -length % _WORD for length in lengths], initial=len(begin) + 16 * count)
    records = zip(tags, sums, offsets, lengths, strict=False)
    return begin + b"".join([struct.pack(">4sLLL", tag, total & 0xFFFFFFFF, *place) for tag, total, *place in records])


def _copied(source: OutlineSource, count: int) -> dict[bytes, bytes]:
    """The tables taken over: head with long offsets and no sum yet; hhea and maxp with another count."""
    whole, counted = source.tables, struct.pack(">H", count)
    head, hhea, maxp = whole[b"head"], whole[b"hhea"], whole[b"maxp"]
    return whole | {
        b"head": head[:_ADJUSTMENT] + bytes(4) + head[12:50] + b"\0\1" + head[52:],
        b"hhea": hhea[:34] + counted + hhea[36:],
        b"maxp": maxp[:4] + counted + maxp[6:],
    }
