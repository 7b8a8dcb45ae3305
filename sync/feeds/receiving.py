"""Taking the records of a file into temporary tables, batch by batch: nothing of ours changes here, and memory does not grow with the file."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

import asyncpg

from civil.sql import load
from sync.feeds.errors import FileRefused
from sync.feeds.fed_source import FedRow, FedSource, Identity
from sync.feeds.opening import FeedReader

_SQL: Final = load("sync.feeds", "feeds.sql")
BATCH: Final = 500
_MOST_LINES: Final = 5_000
"""Of one batch, which stands in memory: a record may be of many lines."""
_ASIDE_COLUMNS: Final = ("line", "item", "reason", "record_key", "number")

Watch = Callable[[int], None]
"""Told how many records were read, after each batch."""


@dataclass(frozen=True, slots=True)
class Received:
    """How many records the file has, and how many of them could not be read."""

    records: int
    aside: int


@dataclass(frozen=True, slots=True)
class Aside:
    """A record that could not be read: where and why, and whose it is."""

    fault: FileRefused
    identity: Identity

    @property
    def line(self) -> int:
        """Where the fault is."""
        return self.fault.line

    def values(self) -> tuple[int, str, str, str, str]:
        """In the order of the columns."""
        return self.fault.line, self.fault.item, self.fault.reason, *self.identity

    def as_json(self) -> dict[str, int | str]:
        """By the names of the columns."""
        return dict(zip(_ASIDE_COLUMNS, self.values(), strict=True))


async def receive(
    connection: asyncpg.Connection, source: FedSource, reader: FeedReader, watch: Watch | None = None
) -> Received:
    """Fill the temporary tables of this transaction. Raises FileRefused for what refuses the whole file."""
    await make_tables(connection, source)
    records, aside = 0, 0
    for batch in in_batches(rows_of(source, reader)):
        unread = [row.values() for row in batch if isinstance(row, Aside)]
        sound = [source.values(row) for row in batch if not isinstance(row, Aside)]
        await connection.copy_records_to_table("fed_record", records=sound, columns=source.columns)
        if unread:
            await connection.copy_records_to_table("fed_aside", records=unread, columns=_ASIDE_COLUMNS)
        records, aside = records + len(batch), aside + len(unread)
        if watch:
            watch(records)
    await measure(connection)
    return Received(records, aside)


async def make_tables(connection: asyncpg.Connection, source: FedSource) -> None:
    """The temporary tables of one file, for the transaction that is open."""
    for statement in ("receive_aside", "receive_keys", "receive_changes"):
        await connection.execute(_SQL[statement])
    await connection.execute(source.statements["receive"])


async def measure(connection: asyncpg.Connection) -> None:
    """Let the plans of what follows know how many records there are."""
    await connection.execute(_SQL["measure"])


def in_batches(rows: Iterable[FedRow | Aside]) -> Iterator[list[FedRow | Aside]]:
    """So many records at once as may stand in memory."""
    batch: list[FedRow | Aside] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH or row.line - batch[0].line >= _MOST_LINES:
            yield batch
            batch = []
    if batch:
        yield batch


def rows_of(source: FedSource, reader: FeedReader, skip: int = 0) -> Iterator[FedRow | Aside]:
    """Each record after the first `skip`, to the check of the trailer. Raises FileRefused for what refuses the whole file."""
    for record in islice(reader.records(), skip, None):
        try:
            record.require_sound()
            yield source.row(record, reader.layout)
        except FileRefused as fault:
            if not (reader.sets_aside and source.sets_aside):
                raise
            # Whose record it is has to be known, or nobody could be protected from it: else this raises, and the file is refused.
            yield Aside(fault, source.identity(record))
