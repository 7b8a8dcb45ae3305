"""The layout tables of a city: those in its own directory, and the examples that come with the program."""

from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Final

from civil.errors import KioskError
from sync.feeds.fed_sources import FED_SOURCES
from sync.feeds.layout_table import LayoutTable
from sync.feeds.reading_tables import read_table

_LAYOUTS: Final = tuple(layout for source in FED_SOURCES for layout in (source.difference, source.full))


class TwoTablesForOneName(KioskError):
    """このファイル名に合うレイアウト表が2つあります。files を直してください。 / Two layout tables are for files of this name. Correct their `files`."""


def examples() -> Sequence[Path]:
    """The tables that come with the program, to be copied."""
    with resources.as_file(resources.files("sync.feeds") / "layouts") as directory:
        return sorted(directory.glob("*.toml"))


def read(path: Path) -> LayoutTable:
    """One table, for files of any of our sources. Raises LayoutTableWrong, and OSError."""
    return read_table(path, _LAYOUTS)


def tables_in(directory: Path) -> tuple[LayoutTable, ...]:
    """Every table of a directory (`*.toml`). Raises LayoutTableWrong for the first wrong one, and OSError."""
    return tuple(read(path) for path in sorted(directory.glob("*.toml")))


def table_for(tables: Sequence[LayoutTable], file_name: str) -> LayoutTable | None:
    """The table that files of this name are read by; None for our own form. Raises TwoTablesForOneName."""
    found: Iterator[LayoutTable] = (table for table in tables if table.is_for(file_name))
    first, second = next(found, None), next(found, None)
    if second is not None:
        raise TwoTablesForOneName
    return first
