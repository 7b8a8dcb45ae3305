"""Which reader a file needs: our own form says by itself what it is, another is read by the table it was given."""

from collections.abc import Iterator, Sequence
from io import BufferedIOBase
from typing import Protocol

from sync.feeds.envelope import EnvelopeReader, Layout
from sync.feeds.items import Items
from sync.feeds.layout_table import LayoutTable
from sync.feeds.table_reader import TableReader


class FeedReader(Protocol):
    """A file that is read once, from its header to its trailer. Every fault of the file raises FileRefused."""

    layout: Layout
    header: Items

    @property
    def sets_aside(self) -> bool:
        """Whether a bad record is set aside, or the file refused for it."""

    @property
    def municipality_code(self) -> str:
        """Whose data it is."""

    @property
    def sha256(self) -> bytes:
        """Of every byte read so far, unpacked."""

    def records(self) -> Iterator[Items]:
        """Each record, then the checks of the trailer."""


def reader_of(stream: BufferedIOBase, table: LayoutTable | None, layouts: Sequence[Layout]) -> FeedReader:
    """The reader of an unpacked file. Raises FileRefused where its header cannot be read."""
    return EnvelopeReader(stream, *layouts) if table is None else TableReader(stream, table)
