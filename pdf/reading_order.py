"""Finds how a page is read aloud from what its form already says; a form does nothing for it.

What a text is follows from where it stands: in a cell of a table that the form drew, or beside the tables. A title is a
heading. What says nothing of its own is left to the eye (ISO 14289-1, 7.1): 見本, the foot (the file's title says the
number), 次のページに続く, and on later pages the heading and a first table that only repeats the one of page 1.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby

from pdf.forms.grid import GridCell, grid
from pdf.layout import Box
from pdf.page_plan import ALTERNATIVES, PagePlan
from pdf.reading import Element, Reading, Tag
from pdf.reading_pieces import PageForm, Piece, Place, holds, pieces_of

_TITLE = "title"
_NOT_READ = frozenset((
    "specimen", "continued", "microtext", "label.issuance_number", "issuance_number", "label.page_number",
    "page_number",
))  # fmt: skip
_RUNNING = frozenset(("municipality", _TITLE))
_WIDE_SPACE = "\u3000"


def with_reading_order(pages: Sequence[PagePlan], document_title: str) -> tuple[PagePlan, ...]:
    """The pages of one certificate, each with its `reading` and the kind in the file's title."""
    opening = _said_by_first_table(pages[0]) if len(pages) > 1 else []
    return tuple(replace(page, reading=_reading(_form(page, opening)), document_title=document_title) for page in pages)


def _form(page: PagePlan, opening: list[tuple[str, Box]]) -> PageForm:
    is_first = page.number == 1
    repeats = not is_first and bool(opening) and _said_by_first_table(page) == opening
    return PageForm(
        is_first,
        repeats,
        page.tables,
        "".join([text.text for text in page.texts if text.field == _TITLE]),
        tuple([text.field for text in page.texts]),
        tuple([text.box for text in page.texts]),
        tuple([(name, image.box) for name, image in page.images]),
    )


@lru_cache(maxsize=64)
def _reading(form: PageForm) -> Reading:
    """Found once for each form: it holds no text of a certificate but its title."""
    pieces = pieces_of(form, _NOT_READ if form.is_first else _NOT_READ | _RUNNING)
    return _Reader(form).reading([piece for piece in pieces if not (form.repeats_first_table and piece.table == 0)])


def _said_by_first_table(page: PagePlan) -> list[tuple[str, Box]]:
    frame = page.tables[0].frame()
    return [(text.text, text.box) for text in page.texts if not text.angle and holds(frame, text.box)]


class _Reader:
    """Makes the elements of a page from its pieces, and numbers them in reading order."""

    def __init__(self, page: PageForm) -> None:
        self._page = page
        self._texts: list[int | None] = [None] * len(page.fields)
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
        if self._page.fields[piece.texts[0]] != _TITLE:
            return Element("P", mark=self._mark(piece))
        spoken = self._page.title.replace(_WIDE_SPACE, "")
        return Element("H1", mark=self._mark(piece), actual_text=spoken if spoken != self._page.title else None)

    def _figure(self, number: int) -> Element:
        name, box = self._page.images[number]
        mark = self._take()
        self._images.append((name, mark))
        return Element("Figure", mark=mark, alternative=ALTERNATIVES[name], box=box)

    def _mark(self, piece: Piece) -> int:
        mark = self._take()
        for number in piece.texts:
            self._texts[number] = mark
        return mark

    def _take(self) -> int:
        self._next += 1
        return self._next - 1
