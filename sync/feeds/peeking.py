"""What a file says of itself, before anything of it is taken: for which source it is, and which number it has."""

from dataclasses import dataclass
from io import BufferedIOBase
from typing import Final

from sync.feeds.envelope import Layout
from sync.feeds.fed_sources import FED_SOURCES
from sync.feeds.layout_table import LayoutTable
from sync.feeds.opening import reader_of
from sync.feeds.unpacking import unpacked

_KEYS: Final = tuple(source.keys for source in FED_SOURCES if source.keys)
_FULL: Final = tuple(source.full for source in FED_SOURCES)
_LIST: Final = 2
_ALL: Final = (*_KEYS, *_FULL, *(source.difference for source in FED_SOURCES))


@dataclass(frozen=True, slots=True, order=True)
class Peeked:
    """In the order in which files are taken: the difference of a number, the full file of the same state, the list to compare with."""

    source: str
    file_number: int
    rank: int

    @property
    def is_list(self) -> bool:
        """Whether it is a list to compare with."""
        return self.rank == _LIST


def peek(stream: BufferedIOBase, table: LayoutTable | None) -> Peeked:
    """Read the header, and leave the stream at its beginning. Raises FileRefused."""
    try:
        with unpacked(stream) as content:
            reader = reader_of(content, table, _ALL)
            return Peeked(reader.layout.source, reader.header.number("file_number"), _rank(reader.layout))
    finally:
        stream.seek(0)


def _rank(layout: Layout) -> int:
    return _LIST if layout in _KEYS else 1 if layout in _FULL else 0
