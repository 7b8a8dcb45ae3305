"""A layout table: one readable file that says how another system writes a feed. docs/feeds.md shows one; `layouts/` holds examples."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Literal

from civil.errors import KioskError
from sync.feeds.characters import CODECS
from sync.feeds.envelope import Layout

LINE_ENDS: Mapping[str, str] = {"crlf": "\r\n", "lf": "\n", "none": ""}


class LayoutTableWrong(KioskError):
    """レイアウト表に誤りがあります。 / The layout table is wrong."""

    def __init__(self, name: str, place: str, reason: str) -> None:
        """Take the file name, where in the table, and what is wrong there."""
        super().__init__(f"{(LayoutTableWrong.__doc__ or '').splitlines()[0]}\n  {name}: {place}: {reason}")
        self.name = name
        self.place = place
        self.reason = reason

    def __reduce__(self) -> tuple[type["LayoutTableWrong"], tuple[str, str, str]]:
        """Cross a process boundary with all parts."""
        return type(self), (self.name, self.place, self.reason)


@dataclass(frozen=True, slots=True)
class Column:
    """One item of a line: `size` in bytes (fixed length alone), how it is written, or a constant that the file does not carry."""

    item: str
    size: int = 0
    form: str = "text"
    words: Mapping[str, str] = field(default_factory=dict)
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of line: the mark it begins with, and the columns after that; constants are in no column."""

    mark: str
    columns: tuple[Column, ...]
    constants: Mapping[str, str]

    @property
    def size(self) -> int:
        """Bytes of all columns (fixed length alone)."""
        return sum(column.size for column in self.columns)


@dataclass(frozen=True, slots=True)
class LayoutTable:
    """How a file is written. `characters` says what gaiji and other codes of this system mean; `layouts` are those it can be."""

    name: str
    title: str
    files: tuple[str, ...]
    encoding: str
    form: Literal["csv", "fixed"]
    line_end: str
    sets_aside: bool
    characters: Mapping[str, str]
    header: Line
    records: tuple[tuple[str, Line], ...]
    trailer: Line
    layouts: tuple[Layout, ...]

    @property
    def codec(self) -> str:
        """The name of the encoding for Python, as the table says it; of `utf-16` the mark decides which end comes first."""
        return CODECS[self.encoding]

    def is_for(self, file_name: str) -> bool:
        """Whether files of this name are written so; letters count as written."""
        return any(fnmatchcase(file_name, pattern) for pattern in self.files)
