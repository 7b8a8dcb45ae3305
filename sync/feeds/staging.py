"""Reading a large file so that it can be gone on with: batch by batch into a table, each committed, and applied from there in one transaction."""

import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from io import BufferedIOBase
from typing import Any, Final

import asyncpg

from civil.sql import load
from sync.feeds.fed_source import FedRow, FedSource
from sync.feeds.layout_table import LayoutTable
from sync.feeds.opening import FeedReader
from sync.feeds.receiving import Aside, Received, Watch, in_batches, make_tables, measure, rows_of
from sync.feeds.unpacking import size_unpacked

_SQL: Final = load("sync.feeds", "staging.sql")
RESUMED_FROM: Final = 64 * 2**20
"""Files of fewer bytes, unpacked, are read in one go: that takes less than a minute."""


def large_file(stream: BufferedIOBase, table: LayoutTable | None) -> bytes | None:
    """Which file this is, read by which table, if it is worth being gone on with; the stream is left at its beginning. Raises FileRefused."""
    if size_unpacked(stream) < RESUMED_FROM:
        return None
    stream.seek(0)
    digest = hashlib.file_digest(stream, "sha256")
    digest.update(repr(table).encode())
    stream.seek(0)
    return digest.digest()


@asynccontextmanager
async def turn_of(connection: asyncpg.Connection, city: str, source: FedSource) -> AsyncIterator[None]:
    """Files of one source are taken one after the other, across the transactions of one."""
    await connection.execute(_SQL["wait_for_turn"], city, source.name)
    try:
        yield
    finally:
        if not connection.is_closed():
            await connection.execute(_SQL["end_turn"], city, source.name)


async def stage(
    connection: asyncpg.Connection,
    city: str,
    source: FedSource,
    reader: FeedReader,
    which: bytes,
    watch: Watch | None = None,
) -> None:
    """Read on from where this very file was left, to its end. In no transaction, in the turn of the source. Raises FileRefused.

    `which` is what `large_file` says of it. A record is staged as the columns of its source: with other columns it is begun anew.
    """
    which = hashlib.sha256(which + repr(source.columns).encode()).digest()
    async with connection.transaction():
        await connection.execute(_SQL["enter_city"], city)
        await connection.execute(_SQL["forget_others"], city, source.name, which)
        done: int = await connection.fetchval(_SQL["reached"], city, source.name)
    for batch in in_batches(rows_of(source, reader, skip=done)):
        sound = [_as_json(source, row) for row in batch if not isinstance(row, Aside)]
        aside = [row.as_json() for row in batch if isinstance(row, Aside)]
        async with connection.transaction():
            await connection.execute(_SQL["enter_city"], city)
            told = (which, done + 1, len(batch), json.dumps(sound), json.dumps(aside))
            await connection.execute(_SQL["stage"], city, source.name, *told)
        done += len(batch)
        if watch:
            watch(done)


async def unstage(connection: asyncpg.Connection, city: str, source: FedSource) -> Received:
    """Fill the temporary tables of the transaction that is open with what was staged, and forget that."""
    await make_tables(connection, source)
    await connection.execute(_SQL["unstage"], city, source.name)
    await connection.execute(_SQL["unstage_aside"], city, source.name)
    await measure(connection)
    counts = await connection.fetchrow(_SQL["counts"], city, source.name)
    assert counts is not None  # noqa: S101 - an aggregate gives a row
    await forget(connection, city, source)
    return Received(counts["records"], counts["aside"])


async def forget(connection: asyncpg.Connection, city: str, source: FedSource) -> None:
    """What was staged of this source, in the transaction that is open."""
    await connection.execute(_SQL["forget"], city, source.name)


def _as_json(source: FedSource, row: FedRow) -> dict[str, Any]:
    # What is not said is NULL when it is read back: most columns of most records.
    told = ((column, getattr(row, column)) for column in source.columns)
    return {column: _value(source, column, value) for column, value in told if value is not None}


def _value(source: FedSource, column: str, value: Any) -> Any:
    if column in source.json_columns:
        return json.loads(value)
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    return value.isoformat() if isinstance(value, date) else value
