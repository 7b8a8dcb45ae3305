"""The locks of persons and their households, as everybody takes them who writes to the register or certifies from it."""

from collections.abc import Collection
from typing import Final

import asyncpg

from civil.sql import load
from registry.residents.errors import TooManyWriters

_SQL: Final = load("registry.residents", "queries.sql")


async def lock_persons(
    connection: asyncpg.Connection, city: str, persons: Collection[str], named: Collection[str] = ()
) -> set[str]:
    """Lock them, their households and those named, in one statement; returns the households.

    Looks again in a later one: raises TooManyWriters if somebody moved between the look and the lock.
    """
    expected = {*named, *await _households_of(connection, city, persons)}
    await connection.execute(_SQL["lock"], city, sorted(persons), sorted(expected))
    if not await _households_of(connection, city, persons) <= expected:
        raise TooManyWriters
    return expected


async def _households_of(connection: asyncpg.Connection, city: str, persons: Collection[str]) -> set[str]:
    rows = await connection.fetch(_SQL["where_persons_are"], city, list(persons))
    return {row["household_number"] for row in rows}
