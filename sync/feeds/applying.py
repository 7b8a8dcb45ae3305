"""Applying a file of the seal register: whole, once, in order, under the locks that permits take."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BufferedIOBase
from itertools import islice
from typing import Final

import asyncpg

from civil.errors import KioskError
from civil.sql import load
from sync.feeds.envelope import EnvelopeReader
from sync.feeds.errors import FileRefused
from sync.feeds.receipts import Receipt, Told, keep_receipt, keep_refusal
from sync.feeds.seal_file import COLUMNS, DIFFERENCE, FULL, SealRow, seal_rows

_SQL: Final = load("sync.feeds", "feeds.sql")
_BATCH: Final = 500
_MANY: Final = 1_000
"""More persons than this are changed under the city's lock, not under one for each."""
DEFAULT_AGE_LIMIT: Final = timedelta(hours=24)
"""How old a source may become unless staff say otherwise (decided: a day's run may be late by a night, not by two)."""
_CLOCK_TOLERANCE: Final = timedelta(minutes=5)
_REASONS: Final = {
    "twice": "同じ番号が2回あります。 / The number is in the file twice.",
    "of another person": "他の人の登録番号です。 / The registration number is another person's.",
    "has one": "登録済みの人です。前のファイルが抜けていませんか。 / The person has a registration: is a file before this one missing?",
    "has not this one": "その人にその登録はありません。前のファイルが抜けていませんか。 / The person has no such registration: is a file before this one missing?",
}


class OtherCity(KioskError):
    """別の市区町村のファイルです。 / The file belongs to another municipality."""


async def apply_seal_file(
    connection: asyncpg.Connection, municipality_code: str, stream: BufferedIOBase, now: datetime
) -> Receipt:
    """Apply one difference or full file as `sync`; the connection is in no transaction, the stream can be read again. `now` is UTC.

    Either everything of the file is committed, with the source's `fed_at` at its `as_of`, or nothing. A difference that
    does not follow the last file waits: `fed_at` stays, so the kinds of the source stop by themselves when its age limit
    passes. The same file again changes nothing, and neither does one that a full file has overtaken. Raises FileRefused after keeping its receipt and opening an alert, and
    OtherCity.
    """
    told: Told | None = None
    try:
        reader = EnvelopeReader(stream, DIFFERENCE, FULL)
        if reader.municipality_code != municipality_code:
            raise OtherCity
        told = Told.by(reader)
        async with connection.transaction():
            await connection.execute(_SQL["enter_city"], municipality_code)
            await connection.execute(_SQL["wait_for_turn"], municipality_code)
            return await _take(connection, municipality_code, reader, told, now)
    except FileRefused as fault:
        await keep_refusal(connection, municipality_code, told, stream, fault, now)
        raise


async def _take(
    connection: asyncpg.Connection, city: str, reader: EnvelopeReader, told: Told, now: datetime
) -> Receipt:
    records = await _receive(connection, seal_rows(reader))
    position = await connection.fetchrow(_SQL["position"], city, reader.sha256, told.file_number)
    assert position is not None  # noqa: S101 - a SELECT without FROM always gives a row
    last, is_full = position["file_number"], reader.layout is FULL
    if position["is_known"] and not (is_full and told.file_number == last):
        return Receipt(told, "repeated", records)
    if not is_full and last is not None and told.file_number <= last and not position["is_taken"]:
        return Receipt(told, "overtaken", records)
    if not is_full and (last is None or told.file_number > last + 1):
        waiting = Receipt(told, "waiting", records, waits_for=None if last is None else last + 1)
        await keep_receipt(connection, city, waiting, reader.sha256, now)
        return waiting
    _require_next(reader, told, last, position["fed_at"], now)
    changed = await _apply(connection, city, is_full=is_full, now=now)
    if changed == 0 and position["is_known"]:
        return Receipt(told, "repeated", records)
    # A clock that runs a little ahead of ours must not make the source look younger than it can be.
    await connection.execute(_SQL["advance"], city, min(told.as_of, now), DEFAULT_AGE_LIMIT)
    receipt = Receipt(told, "applied", records, changed)
    await keep_receipt(connection, city, receipt, reader.sha256, now)
    return receipt


async def _receive(connection: asyncpg.Connection, rows: Iterator[SealRow]) -> int:
    await connection.execute(_SQL["receive"])
    records = 0
    while batch := [tuple(getattr(row, column) for column in COLUMNS) for row in islice(rows, _BATCH)]:
        await connection.copy_records_to_table("fed_seal", records=batch, columns=COLUMNS)
        records += len(batch)
    await connection.execute(_SQL["measure"])
    return records


def _require_next(reader: EnvelopeReader, told: Told, last: int | None, fed_at: datetime | None, now: datetime) -> None:
    """The file is the next one, or a full one of the state we have or a later one; and it is not older than what we have."""
    least = 0 if last is None else last if reader.layout is FULL else last + 1
    if told.file_number < least:
        raise reader.header.refused(
            "file_number",
            f"{last}まで適用済みで、内容も違います。 / We have {last} already, and this file has another content.",
        )
    if told.as_of > now + _CLOCK_TOLERANCE:
        raise reader.header.refused("as_of", "まだ来ていない時刻です。 / It is in the future.")
    if fed_at is not None and told.as_of < fed_at:
        raise reader.header.refused("as_of", "適用済みのものより前の時刻です。 / It is before that of the last file.")


async def _apply(connection: asyncpg.Connection, city: str, *, is_full: bool, now: datetime) -> int:
    affected = [row["person_number"] for row in await connection.fetch(_SQL["affected"], city, is_full)]
    if len(affected) > _MANY:
        await connection.execute(_SQL["lock_city"], city)
    elif affected:
        await connection.execute(_SQL["lock_persons"], city, affected)
    fault = await connection.fetchrow(_SQL["faults"], city, is_full)
    if fault is not None:
        raise FileRefused(fault["line"], fault["item"], _REASONS[fault["reason"]])
    removed = await connection.execute(_SQL["remove"], city, is_full)
    changed = await connection.execute(_SQL["change"], city, now)
    added = await connection.execute(_SQL["add"], city, now)
    return sum(int(status.rpartition(" ")[2]) for status in (removed, changed, added))
