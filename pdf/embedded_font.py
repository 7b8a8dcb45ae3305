"""A font as it stands in a finished file: outlines, widths, and what each glyph is said to mean (read with qpdf)."""

import re
import struct
from dataclasses import dataclass
from itertools import pairwise

from pikepdf import Name, Object, PdfError

from pdf.errors import FontMismatch

_TAG = re.compile(r"/[A-Z]{6}\+(.+)")
_BLOCK = re.compile(rb"beginbfchar\n(.*?)\nendbfchar", re.DOTALL)
_LINE = re.compile(rb"<([0-9A-F]{4})><((?:[0-9A-F]{4})+)>")


@dataclass(frozen=True, slots=True)
class EmbeddedFont:
    """One embedded font. Lists are indexed by glyph number, which is the CID."""

    name: str
    units_per_em: int
    outlines: list[bytes]
    advances: list[int]
    widths: list[float]
    meanings: dict[int, str]


def embedded_font(font: Object) -> EmbeddedFont:
    """Read a Type0 font dictionary; raises `FontMismatch` if it is not embedded the way we embed fonts."""
    try:
        descendant = font.DescendantFonts[0]
        program = descendant.FontDescriptor.FontFile2.read_bytes()
        meanings = _meanings(font.ToUnicode.read_bytes())
        widths = [float(width) for width in descendant.W[1]]
        found = _TAG.fullmatch(str(font.BaseFont))
        plain = descendant.CIDToGIDMap == Name.Identity and font.Encoding == Name("/Identity-H")
        if found is None or not plain or int(descendant.W[0]) != 1:
            raise FontMismatch
        return _with_outlines(found[1], program, [0.0, *widths], meanings)
    except (AttributeError, KeyError, IndexError, TypeError, ValueError, struct.error, PdfError) as broken:
        raise FontMismatch from broken


def _with_outlines(name: str, program: bytes, widths: list[float], meanings: dict[int, str]) -> EmbeddedFont:
    (count,) = struct.unpack_from(">4xH", program)
    tables = {
        tag: program[offset : offset + length]
        for tag, _, offset, length in struct.iter_unpack(">4sLLL", program[12 : 12 + 16 * count])
    }
    (units,) = struct.unpack_from(">18xH", tables[b"head"])
    (glyphs,) = struct.unpack_from(">4xH", tables[b"maxp"])
    offsets = struct.unpack(f">{glyphs + 1}L", tables[b"loca"])
    outlines = [tables[b"glyf"][start:end] for start, end in pairwise(offsets)]
    advances = [advance for advance, _ in struct.iter_unpack(">HH", tables[b"hmtx"])]
    if not glyphs == len(advances) == len(widths):
        raise FontMismatch
    return EmbeddedFont(name, units, outlines, advances, widths, meanings)


def _meanings(cmap: bytes) -> dict[int, str]:
    lines = (line for block in _BLOCK.findall(cmap) for line in _LINE.findall(block))
    return {int(cid, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for cid, text in lines}
