"""Reads a whole file as its layout table says it is written; the same face as the reader of our own form."""

from collections.abc import Iterator
from io import BufferedIOBase

from sync.feeds.envelope import VERSION
from sync.feeds.items import Items
from sync.feeds.layout_table import LayoutTable
from sync.feeds.records import in_records
from sync.feeds.table_lines import TableLines
from sync.feeds.wholeness import require_city_code, require_content, require_count


class TableReader:
    """One file of another system. Every fault of the file raises FileRefused; faults of single items go with their record.

    Nothing of the records may be kept before `records` has come to its end: only then is the file known to be whole.
    """

    def __init__(self, stream: BufferedIOBase, table: LayoutTable) -> None:
        self._lines = TableLines(stream, table)
        self.sets_aside = table.sets_aside
        part, items = self._lines.next()
        if part != "H":
            raise items.refused(
                "type", f"{table.header.mark} の行で始まります。 / A file begins with the line {table.header.mark}."
            )
        self.header = Items(items.line, {"version": VERSION, **items.texts}, items.faults)
        self.header.require_sound()
        require_city_code(self.header)
        self.layout = next(layout for layout in table.layouts if layout.name == items.texts["layout"])

    @property
    def municipality_code(self) -> str:
        """Whose data it is."""
        return self.header.texts["municipality_code"]

    @property
    def sha256(self) -> bytes:
        """Of every byte read so far; of the whole file once `records` has come to its end."""
        return self._lines.octets.sha256

    def records(self) -> Iterator[Items]:
        """Each record, with its parts, then the checks of the trailer."""
        return in_records(self._all())

    def _all(self) -> Iterator[Items]:
        count = 0
        while (line := self._lines.next())[0] != "T":
            part, items = line
            if part == "H":
                raise items.refused("type", "始まりの行が2回あります。 / The first line is there twice.")
            self._require_city(items)
            count += 1
            yield items
        self._check_trailer(line[1], count)
        self._lines.octets.require_end()

    def _require_city(self, items: Items) -> None:
        """A record that says whose it is says what the header says; one of another city is a reason to refuse them all."""
        if "municipality_code" not in items.texts:
            return
        items.require_sound("municipality_code")
        if items.texts["municipality_code"] != self.municipality_code:
            raise items.refused("municipality_code", "別の市区町村の行です。 / The record is another municipality's.")

    def _check_trailer(self, trailer: Items, count: int) -> None:
        trailer.require_sound()
        for items in (self.header, trailer):
            if "records" in items.texts:
                require_count(items, count)
        if "sha256" in trailer.texts:
            require_content(trailer, self._lines.octets)
