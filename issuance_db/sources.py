"""Fed data: how old a source is, from which of its rows an attempt was read, and whether those rows are still the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import asyncpg

from civil.sql import load

_SQL: Final = load("issuance_db", "sources.sql")


@dataclass(frozen=True, slots=True)
class SourceAge:
    """Up to when (UTC) a source is true, and how old it may become."""

    fed_at: datetime
    age_limit: timedelta

    def is_young(self, now: datetime) -> bool:
        """Whether it may still be issued from at ``now`` (UTC). A source that claims the future shows nothing."""
        return self.fed_at <= now < self.fed_at + self.age_limit


@dataclass(frozen=True, slots=True)
class SourceRead:
    """What an attempt was read from: a number of the source, its sequence, and up to when (UTC) the source was true."""

    source: str
    number: str
    sequence: int
    as_of: datetime


def age_in(row: asyncpg.Record, prefix: str = "") -> SourceAge | None:
    """The age in the columns `fed_at` and `age_limit` of a row; None while nobody has said how old the source is.

    `prefix` stands before both names in a row that tells of two sources.
    """
    fed_at = row[f"{prefix}fed_at"]
    return None if fed_at is None else SourceAge(fed_at, row[f"{prefix}age_limit"])


async def is_unchanged(connection: asyncpg.Connection, municipality_code: str, reads: Sequence[SourceRead]) -> bool:
    """Whether every row is still what it was when it was read. Call it under the permit's locks."""
    rows = await connection.fetch(
        _SQL["sequences"], municipality_code, [read.source for read in reads], [read.number for read in reads]
    )
    return {(row["source"], row["number"], row["last_sequence"]) for row in rows} == {
        (read.source, read.number, read.sequence) for read in reads
    }


async def reads_of(
    connection: asyncpg.Connection, municipality_code: str, issuance_number: str
) -> tuple[SourceRead, ...]:
    """What an issuance was read from."""
    rows = await connection.fetch(_SQL["reads_of"], municipality_code, issuance_number)
    return tuple(SourceRead(**dict(row.items())) for row in rows)
