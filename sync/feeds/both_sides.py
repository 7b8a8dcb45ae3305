"""The source's list beside what we hold, read piece by piece in the order of the numbers: either may be of ten million persons."""

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Final

import asyncpg

from civil.sql import load
from keys.secret_key import SecretKey
from reconcile import Comparison, RecordDigest, compare
from sync.feeds.envelope import EnvelopeReader
from sync.feeds.fed_source import FedSource

_SQL: Final = load("sync.feeds", "feeds.sql")
_CHUNK: Final = 2_000
_LONGEST_NUMBER: Final = 40


async def receive_list(connection: asyncpg.Connection, reader: EnvelopeReader) -> int:
    """The list in a temporary table, batch by batch: it may be of ten million persons. How many they are. Raises FileRefused."""
    await connection.execute(_SQL["receive_list"])
    listed, count = _listed(reader), 0
    while batch := list(islice(listed, _CHUNK)):
        await connection.copy_records_to_table("fed_list", records=[(one.key, one.digest) for one in batch])
        count += len(batch)
    return count


def _listed(reader: EnvelopeReader) -> Iterator[RecordDigest]:
    last, item = "", reader.layout.record[0]
    for record in reader.records():
        number = record.person() if item == "person_number" else record.text(item, _LONGEST_NUMBER)
        if number <= last:
            raise record.refused(item, "番号順に、1つ1行です。 / One line for each, in the order of the numbers.")
        last = number
        yield RecordDigest(number, record.digest("digest"))


async def differences(
    connection: asyncpg.Connection, city: str, source: FedSource, key: SecretKey
) -> tuple[int, Comparison]:
    """How many we hold, and which differ; both sides are read piece by piece, in the order of the numbers."""
    here, after, pieces = 0, "", []
    digest = source.digest
    assert digest is not None  # noqa: S101 - a source with a list has one
    cursor = await connection.cursor(source.statements["held"], city)
    while held := await cursor.fetch(_CHUNK):
        until = held[-1][0]
        ours = [RecordDigest(row[0], digest(key, city, row)) for row in held]
        pieces.append(compare(await _theirs(connection, after, until), ours))
        here, after = here + len(held), until
    while theirs := await _theirs(connection, after, None):
        pieces.append(compare(theirs, ()))
        after = theirs[-1].key
    return here, _joined(pieces)


async def _theirs(connection: asyncpg.Connection, after: str, until: str | None) -> list[RecordDigest]:
    """What the list has behind `after`: up to `until`, or, where that is None, the next piece."""
    rows = await connection.fetch(_SQL["list"], after, until, None if until else _CHUNK)
    return [RecordDigest(row["number"], row["digest"]) for row in rows]


def _joined(pieces: Sequence[Comparison]) -> Comparison:
    names = ("missing", "extra", "different")
    return Comparison(*(tuple(chain.from_iterable(getattr(piece, name) for piece in pieces)) for name in names))
