"""Cuts a page into what is read as one, and finds the cell of a table in which each piece stands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

from pdf.forms.grid import GridRow, grid
from pdf.forms.table import Table
from pdf.layout import Box

Place = tuple[int, int, int]
"""Table, row and cell of a page, each counted from 0."""


@dataclass(frozen=True, slots=True)
class PageForm:
    """What decides how a page is read: its tables, what stands where, and whether an earlier page said it already.

    `fields` and `boxes` are those of its texts, `images` names and boxes. No text is here but the `title`.
    """

    is_first: bool
    repeats_first_table: bool
    tables: tuple[Table, ...]
    title: str
    fields: tuple[str, ...]
    # Boxes follow from fields and tables, so they are compared, and left out of the hash.
    boxes: tuple[Box, ...] = field(hash=False)
    images: tuple[tuple[str, Box], ...] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Piece:
    """Texts that follow each other and are read as one, or one image, by their numbers on the page; and where it stands."""

    place: Place | None
    texts: tuple[int, ...] = ()
    image: int | None = None

    @property
    def table(self) -> int | None:
        """Which table it stands in, if any."""
        return None if self.place is None else self.place[0]


def pieces_of(page: PageForm, hidden: frozenset[str]) -> list[Piece]:
    """What is read of `page`, but for the fields `hidden`, in the order of the plan.

    A label in a cell goes with the text it names. An image stands in the table that frames it, or at the end.
    """
    finder = _Finder(page.tables)
    pieces = list(_texts(page, hidden, finder))
    for number, (_, box) in enumerate(page.images):
        place = finder.place(box)
        beside = [order for order, piece in enumerate(pieces, 1) if place and piece.table == place[0]]
        where = beside[-1] if beside else len(pieces)
        pieces.insert(where, Piece(place if beside else None, image=number))
    return pieces


def _texts(page: PageForm, hidden: frozenset[str], finder: "_Finder") -> Iterator[Piece]:
    read = (
        (number, (finder.place(box), name.removeprefix("label.").removesuffix(".label")))
        for number, (name, box) in enumerate(zip(page.fields, page.boxes, strict=True))
        if name not in hidden
    )
    for (place, _), run in groupby(read, key=itemgetter(1)):
        yield Piece(place, tuple(number for number, _ in run))


class _Finder:
    """Finds the cell in which a box stands."""

    def __init__(self, tables: tuple[Table, ...]) -> None:
        self._grids = tuple(map(grid, tables))
        self._frames = [table.frame() for table in tables]
        self._cells = _cells(tables)

    def place(self, box: Box) -> Place | None:
        """The cell that holds the middle of `box`; most texts are given a cell's own box."""
        exact = self._cells.get(box)
        if exact is not None:
            return exact
        found = (table for table, frame in enumerate(self._frames) if holds(frame, box))
        return next((place for table in found for place in _around(box, table, self._grids[table])), None)


@lru_cache(maxsize=256)
def _cells(tables: tuple[Table, ...]) -> Mapping[Box, Place]:
    return {
        cell.box: (table, row, column)
        for table, rows in enumerate(map(grid, tables))
        for row, cells in enumerate(rows)
        for column, cell in enumerate(cells)
    }


def _around(box: Box, table: int, rows: tuple[GridRow, ...]) -> Iterator[Place]:
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if holds(cell.box, box):
                yield table, row, column


def holds(outer: Box, inner: Box) -> bool:
    """Whether the middle of `inner` lies within `outer`."""
    across, up = inner.x + inner.width / 2 - outer.x, inner.y + inner.height / 2 - outer.y
    return 0 <= across < outer.width and 0 <= up < outer.height
