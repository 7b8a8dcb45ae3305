"""How old what certificates are made from is: how far F6 is behind our registry, and the age of each source of files."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg

from civil.sql import load

_SQL: Final = load("issuance_db", "data_age.sql")


@dataclass(frozen=True, slots=True)
class Behind:
    """Sequences committed in the registry and not yet in F6, and the age of the oldest, in seconds."""

    sequences: int
    seconds: float


@dataclass(frozen=True, slots=True)
class SourceAge:
    """Seconds since the instant up to which a source is known, and how many these may be before its kinds stop."""

    source: str
    age: float
    age_limit: float


async def behind_register(connection: asyncpg.Connection, municipality_code: str) -> Behind:
    """Of the city of this transaction, as `front` or `staff`. Nobody is behind in a city whose residents come in files."""
    row = await connection.fetchrow(_SQL["register"], municipality_code)
    assert row is not None  # noqa: S101 - a function with OUT parameters gives a row
    return Behind(**dict(row.items()))


async def source_ages(connection: asyncpg.Connection, municipality_code: str) -> Sequence[SourceAge]:
    """Of every source that has begun."""
    return [SourceAge(**dict(row.items())) for row in await connection.fetch(_SQL["sources"], municipality_code)]
