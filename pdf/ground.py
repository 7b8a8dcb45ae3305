"""けん制文字: the ground under everything on a page, out of which 「複写」 comes forth on a copy.

The page is covered with dots, black so that no printer breaks them up into a screen of its own. Between the letters they
are fine and close, in the letters four times as large and a quarter as many: the same tone to the eye. A copier loses
the fine ones and keeps the coarse. All measures are whole dots of a printer with 600 an inch. Each text is left free by a
hair's breadth, for eyes and for machines that read; a label's shade covers all of the ground under it.
"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pdf.layout import PAGE_HEIGHT, Box

NAME = "Ground"
PATHS = 1
UNIT = 72 / 600
"""Points: one dot of the printer. The pattern is drawn in these."""

_MARGIN = 118
BOX = Box(
    _MARGIN * UNIT, PAGE_HEIGHT % UNIT + _MARGIN * UNIT, (4960 - 2 * _MARGIN) * UNIT, (7015 - 2 * _MARGIN) * UNIT
)  # fmt: skip
"""5 mm short of the paper's edges, where printers do not reach; its upper left corner falls on a dot of the printer."""

CELL = 12
"""A cell holds two fine dots of 2 x 2, every other one a coarse dot of 4 x 4: of its 144 units 8 are black."""

ACROSS, DOWN = 120, 116
"""Cells of one tile, about 61 x 59 mm; both even, so that the dots go on in the next."""

_LETTERS = Path(__file__).with_name("ground_letters.txt").read_text("ascii").split()


def operators(free: Sequence[str]) -> bytes:
    """Fill the page with the pattern but for the boxes whose paths are given, which must not overlap; one path."""
    return f"q /Pattern cs /{NAME} scn\n{BOX.path}{''.join(free)}f* Q\n".encode()


@dataclass(frozen=True, slots=True)
class Part:
    """One stream of the pattern: its entries but for the length, in qpdf's spelling, and the operators."""

    entries: tuple[tuple[str, str], ...]
    operators: bytes

    @property
    def deflated(self) -> bytes:
        """The operators compressed for /FlateDecode."""
        return _deflated(self.operators)

    def dictionary(self, *references: str) -> bytes:
        """The whole dictionary, in which `references` (`7 0 R`) stand for the parts that this one draws."""
        entries = dict(self.entries) | {"/Length": f"{len(self.deflated)}"}
        return f"<< {' '.join(f'{key} {entries[key]}' for key in sorted(entries))} >>".encode() % tuple(
            reference.encode() for reference in references
        )


@cache
def rows() -> dict[str, Part]:
    """One row of fine dots and two of coarse ones, as form XObjects, by the names under which the tile draws them."""
    fine = b"".join(_dots(CELL * column, 2, (2, 8)) for column in range(ACROSS))
    coarse = b"".join(_dots(CELL * column, 4, (4, 16)) for column in range(0, ACROSS, 2))
    return {"Coarse": _form(2 * CELL, coarse + b"f"), "Fine": _form(CELL, fine + b"f")}


@cache
def pattern() -> Part:
    """The tiling pattern (ISO 32000-1, 8.7.3): fine dots everywhere, the letters emptied, coarse dots in them."""
    letters = b"".join(b"%d %d %d %d re\n" % tuple(CELL * side for side in one) for one in _rectangles())
    fine = b"q\n" + b"/Fine Do 1 0 0 1 0 %d cm\n" % CELL * DOWN + b"Q\n"
    coarse = b"/Coarse Do 1 0 0 1 0 %d cm\n" % (2 * CELL) * (DOWN // 2)
    width, height = ACROSS * CELL, DOWN * CELL
    entries = {
        "/Type": "/Pattern",
        "/PatternType": "1",
        "/PaintType": "1",
        "/TilingType": "1",
        "/BBox": f"[ 0 0 {width} {height} ]",
        "/XStep": f"{width}",
        "/YStep": f"{height}",
        "/Matrix": f"[ {UNIT:.2f} 0 0 {UNIT:.2f} {BOX.x:.2f} {BOX.y:.2f} ]",
        "/Resources": "<< /XObject << /Coarse %b /Fine %b >> >>",
        "/Filter": "/FlateDecode",
    }
    return Part(tuple(entries.items()), b"0 g\n" + fine + b"1 g\n" + letters + b"W f\n0 g\n" + coarse)


def is_letter(column: int, row: int) -> bool:
    """Whether a cell belongs to a letter; counted from the tile's lower left, and on into the next tiles."""
    return (column % ACROSS, row % DOWN) in _letter_cells()


@cache
def _letter_cells() -> frozenset[tuple[int, int]]:
    """「複写」 twice, the second half a tile to the right and higher."""
    height = len(_LETTERS)
    inked = [(x, height - 1 - y) for y, line in enumerate(_LETTERS) for x, sign in enumerate(line) if sign == "#"]
    places = ((0, 0), (ACROSS // 2, DOWN // 2))
    return frozenset(((x + right) % ACROSS, (y + up) % DOWN) for x, y in inked for right, up in places)


def _dots(left: int, side: int, places: tuple[int, int]) -> bytes:
    """Two squares, the second as much higher as it is further right."""
    return b"".join([b"%d %d %d %d re\n" % (left + place, place, side, side) for place in places])


def _form(height: int, operators: bytes) -> Part:
    entries = {
        "/Type": "/XObject",
        "/Subtype": "/Form",
        "/BBox": f"[ 0 0 {ACROSS * CELL} {height} ]",
        "/Resources": "<< >>",
        "/Filter": "/FlateDecode",
    }
    return Part(tuple(entries.items()), operators)


@cache
def _deflated(operators: bytes) -> bytes:
    return zlib.compress(operators, 9)


def _rectangles() -> Iterator[tuple[int, int, int, int]]:
    """The letters as rectangles that do not overlap: runs of cells, joined upwards while the next row has the same."""
    open_runs: dict[tuple[int, int], int] = {}
    for row in range(DOWN + 1):
        runs = set(_runs(row)) if row < DOWN else set()
        for run in sorted(set(open_runs) - runs):
            first = open_runs.pop(run)
            yield run[0], first, run[1] - run[0], row - first
        for run in runs - set(open_runs):
            open_runs[run] = row


def _runs(row: int) -> Iterator[tuple[int, int]]:
    """From and to before which cell of a row the letters reach."""
    inked = [column for column in range(ACROSS) if (column, row) in _letter_cells()]
    starts = [column for column in inked if column - 1 not in inked]
    ends = [column + 1 for column in inked if column + 1 not in inked]
    return zip(starts, ends, strict=True)
