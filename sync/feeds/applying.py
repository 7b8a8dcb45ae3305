"""Applying a file of any source: whole, once, in order, under the locks that permits take."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from io import BufferedIOBase
from typing import Final

import asyncpg

from civil.sql import load
from sync.feeds.changing import change
from sync.feeds.doubts import Compared, Doubt, keep_comparison
from sync.feeds.errors import FileRefused, OtherCity
from sync.feeds.fed_source import FedSource, of_layout
from sync.feeds.fed_sources import FED_SOURCES
from sync.feeds.layout_table import LayoutTable
from sync.feeds.opening import FeedReader, reader_of
from sync.feeds.receipts import Receipt, Told, keep_receipt, keep_refusal, require_come
from sync.feeds.receiving import Received, Watch, receive
from sync.feeds.staging import forget, large_file, stage, turn_of, unstage
from sync.feeds.unpacking import unpacked

_SQL: Final = load("sync.feeds", "feeds.sql")
_LAYOUTS: Final = tuple(layout for source in FED_SOURCES for layout in (source.difference, source.full))
DEFAULT_AGE_LIMIT: Final = timedelta(hours=24)
"""How old a source may become unless staff say otherwise (decided: a day's run may be late by a night, not by two)."""
_File = tuple[FedSource, FeedReader, Told]


async def apply_file(
    connection: asyncpg.Connection,
    municipality_code: str,
    stream: BufferedIOBase,
    now: datetime,
    table: LayoutTable | None = None,
    watch: Watch | None = None,
) -> Receipt:
    """Apply one difference or full file as `sync`; the connection is in no transaction, the stream can be read again. `now` is UTC.

    `table` says how another system writes it; without one it is in our own form, and its layout says of which source it is. A zip
    is read as the one file in it. Either everything of the file is committed, with the source's `fed_at` at its `as_of`, or nothing;
    records that cannot be read are set aside where the table says so, and what we held in their place goes. A difference that
    does not follow the last file waits: `fed_at` stays, so the kinds of the source stop by themselves when its age limit passes.
    The same file again changes nothing, and neither does one that a full file has overtaken. `watch` is told of progress.
    Raises FileRefused after keeping its receipt and opening an alert, and OtherCity.
    """
    told: Told | None = None
    try:
        large = large_file(stream, table)
        with unpacked(stream) as content:
            reader = reader_of(content, table, _LAYOUTS)
            if reader.municipality_code != municipality_code:
                raise OtherCity
            told = Told.by(reader)
            file = of_layout(FED_SOURCES, reader.layout), reader, told
            if large is not None:
                return await _in_parts(connection, municipality_code, file, large, now, watch)
            async with _in_turn(connection, municipality_code, file[0]):
                received = await receive(connection, file[0], reader, watch)
                return await _take(connection, municipality_code, file, received, now)
    except FileRefused as fault:
        await keep_refusal(connection, municipality_code, told, stream, fault, now)
        raise


@asynccontextmanager
async def _in_turn(connection: asyncpg.Connection, city: str, source: FedSource) -> AsyncIterator[None]:
    async with connection.transaction():
        await connection.execute(_SQL["enter_city"], city)
        await connection.execute(_SQL["wait_for_turn"], city, source.name)
        yield


async def _in_parts(
    connection: asyncpg.Connection, city: str, file: _File, which: bytes, now: datetime, watch: Watch | None
) -> Receipt:
    """A large file is read in many transactions, which another process goes on with, and applied in one."""
    source = file[0]
    async with turn_of(connection, city, source):
        try:
            await stage(connection, city, source, file[1], which, watch)
            async with _in_turn(connection, city, source):
                received = await unstage(connection, city, source)
                return await _take(connection, city, file, received, now)
        except (FileRefused, asyncpg.IntegrityConstraintViolationError, asyncpg.DataError):
            async with _in_turn(connection, city, source):
                await forget(connection, city, source)
            raise


async def _take(
    connection: asyncpg.Connection,
    city: str,
    file: _File,
    received: Received,
    now: datetime,
) -> Receipt:
    source, reader, told = file
    records = received.records
    position = await connection.fetchrow(
        _SQL["position"], city, source.name, reader.sha256, told.file_number, source.difference.name
    )
    assert position is not None  # noqa: S101 - a SELECT without FROM always gives a row
    last, is_full = position["file_number"], reader.layout is source.full
    is_last = position["fed_at"] is None or told.as_of >= position["fed_at"]
    if position["is_known"] and not (is_full and told.file_number == last and is_last):
        return Receipt(told, "repeated", records)
    if not is_full and last is not None and told.file_number <= last and not position["is_taken"]:
        _require_overtaken(reader, told, position)
        return Receipt(told, "overtaken", records)
    if not is_full and (last is None or told.file_number > last + 1):
        waiting = Receipt(told, "waiting", records, waits_for=None if last is None else last + 1)
        await keep_receipt(connection, city, waiting, reader.sha256, now)
        return waiting
    # The next one, or a full one of the state we have or a later one.
    least = 0 if last is None else last if is_full else last + 1
    _require_next(reader, told, least, position["fed_at"], now)
    changed = await change(connection, city, source, received, told, is_full=is_full, now=now)
    if changed == 0 and position["is_known"]:
        return Receipt(told, "repeated", records)
    # A clock that runs a little ahead of ours must not make the source look younger than it can be.
    known_until = min(told.as_of, now)
    await connection.execute(_SQL["advance"], city, source.name, known_until, DEFAULT_AGE_LIMIT)
    if is_full:
        await connection.execute(_SQL["listed"], city, source.name, known_until, True)
        # A source that writes full files alone gives them one number, and each is of a later moment.
        is_state_of_ours = position["is_taken"] or (position["fed_at"] is not None and told.as_of <= position["fed_at"])
        if told.file_number == last and changed and is_state_of_ours:
            await _keep_lost(connection, city, file, received, now)
    receipt = Receipt(told, "applied", records, changed, aside=received.aside)
    await keep_receipt(connection, city, receipt, reader.sha256, now)
    return receipt


async def _keep_lost(connection: asyncpg.Connection, city: str, file: _File, received: Received, now: datetime) -> None:
    """A full file of the state we had should have changed nothing: something was lost on its way, and it mended that. Who it was is kept."""
    source, reader, told = file
    rows = await connection.fetch(_SQL["changes"])
    found = {row["number"]: Doubt(row["difference"]) for row in rows}
    counts = await connection.fetchrow(_SQL["shares"], city, source.name)
    assert counts is not None  # noqa: S101 - a SELECT without FROM always gives a row
    here = received.records - counts["added"] + counts["removed"]
    compared = Compared("full", told.file_number, told.as_of, reader.sha256, received.records, here)
    await keep_comparison(connection, city, source.name, compared, found, now, is_new=bool(found))


def _require_overtaken(reader: FeedReader, told: Told, position: asyncpg.Record) -> None:
    """A full file can have what a difference says only if it is not of an earlier moment: else a number is wrong, or they begin anew."""
    if told.as_of > position["told_until"]:
        raise reader.header.refused(
            "file_number",
            f"{position['file_number']}番まで適用済みですが、それより新しい内容です。番号か、全件ファイルの番号が誤りです。"
            "番号が新しく始まったなら kiosk feed renumber。 / "
            f"Files up to {position['file_number']} were applied, and this one is of a later moment than all of them: its number, or that of the full file, "
            "is wrong. If the numbers begin anew: kiosk feed renumber.",
        )


def _require_next(reader: FeedReader, told: Told, least: int, fed_at: datetime | None, now: datetime) -> None:
    """The file has a number that may come now, and is not older than what we have."""
    if told.file_number < least:
        raise reader.header.refused(
            "file_number",
            f"{least}より前は適用済みで、内容も違います。番号が新しく始まったなら kiosk feed renumber。 / "
            f"We have those before {least}, and this file has another content. If the numbers begin anew: kiosk feed renumber.",
        )
    require_come(reader, told, now)
    if fed_at is not None and told.as_of < fed_at:
        raise reader.header.refused("as_of", "適用済みのものより前の時刻です。 / It is before that of the last file.")
