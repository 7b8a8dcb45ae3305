"""A table of labelled cells, the building block of every form. Millimetres."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from pdf.layout import Box, from_top


@dataclass(frozen=True, slots=True)
class Cell:
    """A label and, to its right, the field it names. `size` is the field's normal font size in points.

    A field stands at the left unless it is `centred`, or, as figures do, at the `right`, which goes before.
    """

    field: str
    label: str
    label_width: float
    width: float
    size: float = 9.5
    centred: bool = False
    right: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Cells side by side, `height` millimetres high."""

    height: float
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """Rows below each other, the first at `top` millimetres from the upper edge of the page.

    `number_width` leaves a column at the left for the person's number (0: none). `label_size` is in points.
    """

    left: float
    top: float
    rows: tuple[Row, ...]
    number_width: float = 0.0
    label_size: float = 7.5

    def __hash__(self) -> int:
        """Made once: what is kept for each form is found by its tables."""
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.left, self.top, self.rows, self.number_width, self.label_size))

    def placed(self) -> Iterator[tuple[Cell, Box, Box]]:
        """Each cell with the box of its label and the box of its field, in reading order."""
        top = self.top
        for row in self.rows:
            left = self.left + self.number_width
            for cell in row.cells:
                label = from_top(left, top, cell.label_width, row.height)
                field = from_top(left + cell.label_width, top, cell.width, row.height)
                yield cell, label, field
                left += cell.label_width + cell.width
            top += row.height

    def shades(self) -> Iterator[Box]:
        """What is shaded: the labels, and the column for the number."""
        yield from (label for _, label, _ in self.placed())
        if self.number_width:
            yield self.number_box()

    def rules(self) -> Iterator[Box]:
        """The line above each row, right of the column for the number: boxes without height."""
        left, width = self.left + self.number_width, self.width - self.number_width
        tops = accumulate([row.height for row in self.rows[:-1]], initial=self.top)
        return (from_top(left, top, width, 0) for top in tops)

    @property
    def height(self) -> float:
        """Millimetres from the first row's top to the last row's foot."""
        return sum(row.height for row in self.rows)

    @property
    def width(self) -> float:
        """Millimetres from edge to edge; every row is as wide as the first."""
        return self.number_width + sum(cell.label_width + cell.width for cell in self.rows[0].cells)

    def frame(self) -> Box:
        """The outer edge."""
        return from_top(self.left, self.top, self.width, self.height)

    def number_box(self) -> Box:
        """The column that holds the person's number on the page."""
        return from_top(self.left, self.top, self.number_width, self.height)
