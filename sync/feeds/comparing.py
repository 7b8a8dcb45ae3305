"""Comparing what we hold with the source's own list, both ways (整合処理): what a lost deletion cannot hide from."""

from dataclasses import dataclass
from datetime import datetime
from io import BufferedIOBase
from typing import Final

import asyncpg

from civil.errors import KioskError
from civil.sql import load
from keys.secret_key import SecretKey
from reconcile import Comparison
from sync.feeds.both_sides import differences, receive_list
from sync.feeds.doubts import Compared, Doubt, bring_doubts, keep_comparison
from sync.feeds.envelope import EnvelopeReader
from sync.feeds.errors import FileRefused, OtherCity
from sync.feeds.fed_source import FedSource, of_layout
from sync.feeds.fed_sources import FED_SOURCES
from sync.feeds.receipts import Told, keep_refusal, require_come
from sync.feeds.unpacking import unpacked

_SQL: Final = load("sync.feeds", "feeds.sql")


class ListOfAnotherState(KioskError):
    """一覧の番号が、適用済みのファイルの番号と違います。同じ番号の状態どうしを照合してください。 /
    The list belongs to another file number than the last one applied. Compare the same state."""


class ListOvertaken(ListOfAnotherState):
    """一覧より後のファイルが適用済みです。新しい一覧で照合してください。 /
    Files after this list were applied already. Compare with a newer list."""


@dataclass(frozen=True, slots=True)
class SourceComparison:
    """`at_source` and `here` are counts; keys of the differences are the numbers of the list (宛名番号, 戸籍の番号). `cleared` were in doubt and no longer are."""

    told: Told
    at_source: int
    here: int
    differences: Comparison
    cleared: int


async def compare_source(
    connection: asyncpg.Connection, municipality_code: str, stream: BufferedIOBase, key: SecretKey, now: datetime
) -> SourceComparison:
    """Compare, as `sync`; the connection is in no transaction, the stream can be read again. `now` is UTC.

    Whoever differs is put in doubt in the same transaction, and an alert is opened where anybody did not before; whoever is equal again is cleared.
    Raises FileRefused after keeping its receipt and opening an alert, OtherCity, and ListOfAnotherState.
    """
    told: Told | None = None
    try:
        with unpacked(stream) as content:
            reader = EnvelopeReader(content, *(source.keys for source in FED_SOURCES if source.keys))
            if reader.municipality_code != municipality_code:
                raise OtherCity
            told = Told.by(reader)
            source = of_layout(FED_SOURCES, reader.layout)
            async with connection.transaction():
                await connection.execute(_SQL["enter_city"], municipality_code)
                await connection.execute(_SQL["wait_for_turn"], municipality_code, source.name)
                return await _compare(connection, municipality_code, (source, reader, told), key, now)
    except FileRefused as fault:
        await keep_refusal(connection, municipality_code, told, stream, fault, now)
        raise


async def _compare(
    connection: asyncpg.Connection,
    city: str,
    file: tuple[FedSource, EnvelopeReader, Told],
    key: SecretKey,
    now: datetime,
) -> SourceComparison:
    source, reader, told = file
    at_source = await receive_list(connection, reader)
    position = await connection.fetchrow(
        _SQL["position"], city, source.name, reader.sha256, told.file_number, source.difference.name
    )
    require_come(reader, told, now)
    last = None if position is None else position["file_number"]
    if last != told.file_number:
        raise ListOvertaken if last is not None and told.file_number < last else ListOfAnotherState
    here, found = await differences(connection, city, source, key)
    named = await _named(connection, city, source, found)
    brought = await bring_doubts(connection, city, source, named, "list", now)
    compared = Compared("list", told.file_number, told.as_of, reader.sha256, at_source, here)
    await keep_comparison(connection, city, source.name, compared, named, now, is_new=bool(brought.new))
    await connection.execute(_SQL["listed"], city, source.name, told.as_of, False)
    return SourceComparison(told, at_source, here, found, brought.cleared)


async def _named(connection: asyncpg.Connection, city: str, source: FedSource, found: Comparison) -> dict[str, Doubt]:
    differing = {number: name for name in ("missing", "extra", "different") for number in getattr(found, name)}
    rows = await connection.fetch(_SQL["since_files"], city, source.name, list(differing))
    since = {row["number"]: row["since_file"] for row in rows}
    return {number: Doubt(name, since_file=since.get(number)) for number, name in differing.items()}
