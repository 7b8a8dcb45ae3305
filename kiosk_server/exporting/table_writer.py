"""What every form of a file has in common."""

from collections.abc import Sequence
from typing import Protocol

Cell = str | int
"""Numbers that are names are texts; an int is something to add up."""


class TableWriter(Protocol):
    """One file. What each call returns is sent before the next."""

    @property
    def content_type(self) -> str:
        """Of the whole file."""

    @property
    def suffix(self) -> str:
        """Of its name."""

    @property
    def most_rows(self) -> int:
        """More do not fit into a file of this form."""

    def begin(self, headings: Sequence[str]) -> bytes:
        """What stands before the rows."""

    def add(self, rows: Sequence[Sequence[Cell]]) -> bytes:
        """Some rows."""

    def end(self) -> bytes:
        """What stands behind them."""
