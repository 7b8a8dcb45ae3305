"""Fills the cells of a table: each label, then its value."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from pdf.font_chain import FontChain
from pdf.forms.table import Cell, Table
from pdf.layout import Box, PlacedText
from pdf.typesetting import Style, fit


def cells(prefix: str, table: Table, values: Mapping[str, str], fonts: FontChain) -> list[PlacedText]:
    """Labels and values of `table` in reading order; a cell without a value stays empty.

    Raises `GlyphMissing` or `TextOverflow`, naming `prefix` and the field, for a value that cannot be printed whole.
    """
    texts: list[PlacedText] = []
    for cell, box, labels in _labelled(table, fonts):
        texts += labels
        value = values.get(cell.field)
        if value is not None:
            texts += fit(prefix + cell.field, value, box, _style(cell), fonts)
    return texts


@lru_cache(maxsize=256)
def _labelled(table: Table, fonts: FontChain) -> tuple[tuple[Cell, Box, list[PlacedText]], ...]:
    style = Style(table.label_size, "centre")
    labels = [
        (cell, field, fit(f"label.{cell.field}", cell.label, label, style, fonts))
        for cell, label, field in table.placed()
    ]
    # The shade under a label covers the ground, so there is nothing to leave free.
    return tuple((cell, field, [replace(text, width=0.0) for text in texts]) for cell, field, texts in labels)


def _style(cell: Cell) -> Style:
    if cell.right:
        return Style(cell.size, "right")
    return Style(cell.size, "centre" if cell.centred else "left")
