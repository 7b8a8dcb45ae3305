"""Finds how a page is read aloud from what its form already says; a form does nothing for it.

What a text is follows from where it stands: in a cell of a table that the form drew, or beside the tables. A title is a
heading. What says nothing of its own is left to the eye (ISO 14289-1, 7.1): 見本, the foot (the file's title says the
number), 次のページに続く, and on later pages the heading and a first table that only repeats the one of page 1.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from pdf.forms.grid import GridCell, grid
from pdf.layout import Box
from pdf.page_plan import ALTERNATIVES, PagePlan
from pdf.reading import Element, Reading, Tag
from pdf.reading_pieces import Piece, Place, holds, pieces_of

_TITLE = "title"
_NOT_READ = frozenset((
    "specimen", "continued", "microtext", "label.issuance_number", "issuance_number", "label.page_number",
    "page_number",
))  # fmt: skip
_RUNNING = frozenset(("municipality", _TITLE))
_WIDE_SPACE = "\u3000"


def with_reading_order(pages: Sequence[PagePlan]) -> tuple[PagePlan, ...]:
    """The pages of one certificate, each with its `reading`."""
    opening = _said_by_first_table(pages[0])
    return tuple(replace(page, reading=_reading(page, opening)) for page in pages)


def _reading(page: PagePlan, opening: list[tuple[str, Box]]) -> Reading:
    if page.number == 1:
        return _Reader(page).reading(pieces_of(page, _NOT_READ))
    pieces = pieces_of(page, _NOT_READ | _RUNNING)
    repeated = bool(opening) and _said_by_first_table(page) == opening
    return _Reader(page).reading([piece for piece in pieces if not (repeated and piece.table == 0)])


def _said_by_first_table(page: PagePlan) -> list[tuple[str, Box]]:
    frame = page.tables[0].frame()
    return [(text.text, text.box) for text in page.texts if not text.angle and holds(frame, text.box)]


class _Reader:
    """Makes the elements of a page from its pieces, and numbers them in reading order."""

    def __init__(self, page: PagePlan) -> None:
        self._page = page
        self._texts: list[int | None] = [None] * len(page.texts)
        self._images: list[tuple[str, int]] = []
        self._next = 0

    def reading(self, pieces: list[Piece]) -> Reading:
        """The page as it is read, from its pieces in order."""
        elements: list[Element] = []
        for table, run in groupby(pieces, key=lambda piece: piece.table):
            together = list(run)
            elements += map(self._beside, together) if table is None else [self._table(table, together)]
        return Reading(tuple(elements), tuple(self._texts), tuple(self._images))

    def _table(self, table: int, pieces: list[Piece]) -> Element:
        within: dict[Place | None, list[Piece]] = {}
        for piece in pieces:
            within.setdefault(piece.place, []).append(piece)
        rows = []
        for row, cells in enumerate(grid(self._page.tables[table])):
            held = ((cell, within.get((table, row, column), [])) for column, cell in enumerate(cells))
            rows.append(Element("TR", tuple(self._cell(cell, inside) for cell, inside in held)))
        return Element("Table", tuple(rows))

    def _cell(self, cell: GridCell, pieces: list[Piece]) -> Element:
        tag: Tag = "TD" if cell.scope is None else "TH"
        if len(pieces) == 1 and pieces[0].image is None:
            return Element(tag, mark=self._mark(pieces[0]), cell=cell)
        return Element(tag, tuple(map(self._beside, pieces)), cell=cell)

    def _beside(self, piece: Piece) -> Element:
        """A paragraph, the heading, or a figure."""
        if piece.image is not None:
            return self._figure(piece.image)
        texts = [self._page.texts[number] for number in piece.texts]
        if texts[0].field != _TITLE:
            return Element("P", mark=self._mark(piece))
        printed = "".join(text.text for text in texts)
        spoken = printed.replace(_WIDE_SPACE, "")
        return Element("H1", mark=self._mark(piece), actual_text=spoken if spoken != printed else None)

    def _figure(self, number: int) -> Element:
        name, image = self._page.images[number]
        mark = self._take()
        self._images.append((name, mark))
        return Element("Figure", mark=mark, alternative=ALTERNATIVES[name], box=image.box)

    def _mark(self, piece: Piece) -> int:
        mark = self._take()
        for number in piece.texts:
            self._texts[number] = mark
        return mark

    def _take(self) -> int:
        self._next += 1
        return self._next - 1
