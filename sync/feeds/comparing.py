"""Comparing what we hold with the source's own list, both ways (整合処理): what a lost deletion cannot hide from."""

from collections.abc import Iterator
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
from sync.feeds.envelope import EnvelopeReader
from sync.feeds.errors import FileRefused, OtherCity
from sync.feeds.fed_source import FedSource, of_layout
from sync.feeds.fed_sources import FED_SOURCES
from sync.feeds.locking import lock_for_change
from sync.feeds.receipts import Told, keep_refusal
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

    Whoever differs is put in doubt in the same transaction, and an alert is opened; whoever is equal again is cleared.
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
    last = None if position is None else position["file_number"]
    if last != told.file_number:
        raise ListOvertaken if last is not None and told.file_number < last else ListOfAnotherState
    here, found = await differences(connection, city, source, key)
    named = dict(_named(found))
    cleared = await _doubt(connection, city, source, named, now)
    done = SourceComparison(told, at_source, here, found, cleared)
    await _remember(connection, city, done, reader.sha256, named, now)
    return done


def _named(found: Comparison) -> Iterator[tuple[str, str]]:
    for name in ("missing", "extra", "different"):
        for person in getattr(found, name):
            yield person, name


async def _doubt(
    connection: asyncpg.Connection, city: str, source: FedSource, found: dict[str, str], now: datetime
) -> int:
    """Bring the doubts to what was found; who was doubted and still is keeps the time it began. How many were cleared."""
    of = city, source.name
    before = {row["person_number"]: row["difference"] for row in await connection.fetch(_SQL["doubts"], *of)}
    over = sorted(person for person, difference in before.items() if found.get(person) != difference)
    new = sorted(person for person, difference in found.items() if before.get(person) != difference)
    await lock_for_change(connection, city, source.subject, sorted({*over, *new}))
    await connection.execute(_SQL["clear"], *of, over)
    await connection.execute(_SQL["doubt"], *of, new, [found[person] for person in new], now)
    return len(before.keys() - found.keys())


async def _remember(
    connection: asyncpg.Connection,
    city: str,
    done: SourceComparison,
    sha256: bytes,
    found: dict[str, str],
    now: datetime,
) -> None:
    told = done.told
    comparison = await connection.fetchval(
        _SQL["comparison"], city, told.source, told.file_number, told.as_of, sha256, done.at_source, done.here, now
    )
    await connection.execute(_SQL["difference"], city, comparison, list(found), list(found.values()))
    if found:
        apart = done.differences
        detail = (
            f"file {told.file_number}: {done.at_source} at the source, {done.here} here; missing {len(apart.missing)}, "
            f"extra {len(apart.extra)}, different {len(apart.different)}"
        )
        await connection.execute(_SQL["alert"], city, f"feed/{told.source}_differs", detail)
