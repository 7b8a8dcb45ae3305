"""What the files of a source said last of each number, beside what we hold of it."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

import asyncpg

from civil.sql import load
from reconcile.compare import Difference
from sync.feeds.doubts import Doubt
from sync.feeds.fed_source import FedSource

_SQL: Final = load("sync.feeds", "said.sql")


async def remember_said(
    connection: asyncpg.Connection, city: str, source: FedSource, file_number: int, *, is_full: bool
) -> None:
    """Keep digests of what the file in the temporary tables says, in the transaction that applies it."""
    if "told" not in source.statements:
        return
    await connection.execute(_SQL["receive_told"])
    await connection.execute(source.statements["told"])
    await connection.execute(_SQL["measure_told"])
    if is_full:
        await connection.execute(_SQL["forget_left_out"], city, source.name, "withdraw" not in source.statements)
    else:
        await connection.execute(_SQL["forget_taken"], city, source.name)
    await connection.execute(_SQL["remember"], city, source.name, file_number)


async def differing(
    connection: asyncpg.Connection, city: str, source: FedSource, numbers: Sequence[str]
) -> dict[str, Doubt]:
    """Which of these numbers differ from what the source said last, how, and in which items, in the order of the numbers."""
    rows = await connection.fetch(_SQL["of_numbers"], city, source.name, numbers)
    each = groupby((row for row in rows if not row["is_equal"]), key=lambda row: str(row["number"]))
    return {number: _doubt(list(records), source.items) for number, records in each}


def _doubt(records: Sequence[asyncpg.Record], names: Sequence[str]) -> Doubt:
    kinds = {_kind(record) for record in records}
    items = {name for record in records for name in _apart(record, names)}
    return Doubt(
        (kinds.pop() if len(kinds) == 1 else Difference.DIFFERENT).value,
        tuple(name for name in names if name in items),
        max((record["file_number"] for record in records if record["file_number"] is not None), default=None),
    )


def _kind(record: asyncpg.Record) -> Difference:
    if record["held"] is None:
        return Difference.MISSING
    return Difference.EXTRA if record["said"] is None else Difference.DIFFERENT


def _apart(record: asyncpg.Record, names: Sequence[str]) -> Iterator[str]:
    if _kind(record) is Difference.DIFFERENT:
        both = zip(names, record["said"], record["held"], strict=True)
        yield from (name for name, said, held in both if said != held)
