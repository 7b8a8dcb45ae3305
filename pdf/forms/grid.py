"""A form's table as a grid of header and data cells, through which a reader who does not see it can walk."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Literal

from pdf.forms.table import Cell, Table
from pdf.layout import Box

Scope = Literal["Row", "Column"]
_HAIR = 0.01
"""Points: edges nearer to each other are one."""


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell: its box, what it heads (None: it holds data), and how many columns and rows of the grid it takes."""

    box: Box
    scope: Scope | None
    columns: int = 1
    rows: int = 1


GridRow = tuple[GridCell, ...]


@lru_cache(maxsize=256)
def grid(table: Table) -> tuple[GridRow, ...]:
    """The rows of `table`; each takes the same number of columns, counting a number cell that reaches down.

    A label heads its row, or, in a row of labels only, its column. A box without width is no cell.
    """
    placed = table.placed()
    rows = [_boxes(islice(placed, len(row.cells))) for row in table.rows]
    edges = _edges(box for row in rows for box, _ in row)
    found = [_row(boxes, edges) for boxes in rows]
    if table.number_width:
        found[0] = (GridCell(table.number_box(), "Row", 1, len(found)), *found[0])
    return tuple(found)


def _boxes(cells: Iterable[tuple[Cell, Box, Box]]) -> list[tuple[Box, bool]]:
    """Label, field, label, field …, each with whether it is a label."""
    boxes = [(box, box is label) for _, label, field in cells for box in (label, field)]
    return [(box, is_label) for box, is_label in boxes if box.width]


def _edges(boxes: Iterable[Box]) -> list[float]:
    """The right edges of the columns."""
    edges: list[float] = []
    for edge in sorted(box.x + box.width for box in boxes):
        if not edges or edge - edges[-1] > _HAIR:
            edges.append(edge)
    return edges


def _row(boxes: list[tuple[Box, bool]], edges: list[float]) -> GridRow:
    scope: Scope = "Column" if all(is_label for _, is_label in boxes) else "Row"
    return tuple(GridCell(box, scope if is_label else None, _columns(box, edges)) for box, is_label in boxes)


def _columns(box: Box, edges: list[float]) -> int:
    right = bisect_left(edges, box.x + box.width - _HAIR)
    return right - bisect_left(edges, box.x + _HAIR) + 1
