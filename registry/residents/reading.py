"""Reading the register. Every function takes a connection of a transaction whose city is set (`city_transaction`)."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

import asyncpg

from civil.sql import load
from registry.residents.errors import UnknownPerson
from registry.residents.person_record import HistoryRow
from registry.residents.rows import history_row

_SQL: Final = load("registry.residents", "queries.sql")


@dataclass(frozen=True, slots=True)
class DueMoveOut:
    """A planned mover whose day has come."""

    person_number: str
    household_number: str
    planned_on: date


@asynccontextmanager
async def city_transaction(
    connection: asyncpg.Connection, municipality_code: str, *, isolation: Literal["read_committed"] | None = None
) -> AsyncIterator[asyncpg.Connection]:
    """A transaction (or a savepoint of the running one) that sees this city's rows, and no others.

    With an isolation, which is for writing, a running transaction must have the same one; asyncpg.InterfaceError otherwise.
    """
    async with connection.transaction(isolation=isolation):
        await connection.execute(_SQL["set_city_to_write" if isolation else "set_city"], municipality_code)
        yield connection


async def current_rows(
    connection: asyncpg.Connection, municipality_code: str, persons: Sequence[str], households: Sequence[str] = ()
) -> dict[str, HistoryRow]:
    """The current rows of these persons, removed ones included, and of everybody now in these households."""
    rows = await connection.fetch(_SQL["current_rows"], municipality_code, list(persons), list(households))
    if gone := [*set(persons) - {row["person_number"] for row in rows}]:
        rows += await connection.fetch(_SQL["removed_rows"], municipality_code, gone)
    return {row["person_number"]: history_row(dict(row)) for row in rows}


async def current_person(connection: asyncpg.Connection, municipality_code: str, person_number: str) -> HistoryRow:
    """The person's current row, also when removed; raises UnknownPerson."""
    rows = await current_rows(connection, municipality_code, [person_number])
    if person_number not in rows:
        raise UnknownPerson
    return rows[person_number]


async def household_members(
    connection: asyncpg.Connection, municipality_code: str, household_number: str
) -> tuple[HistoryRow, ...]:
    """Everybody now in the household, in the order they are listed (表示順位); empty where there is nobody."""
    return tuple((await current_rows(connection, municipality_code, [], [household_number])).values())


async def person_at(
    connection: asyncpg.Connection, municipality_code: str, person_number: str, history_number: int
) -> HistoryRow:
    """One row of the person's history; raises UnknownPerson where there is none."""
    row = await connection.fetchrow(_SQL["person_at"], municipality_code, person_number, history_number)
    if row is None:
        raise UnknownPerson
    return history_row(dict(row))


async def persons_as_of(
    connection: asyncpg.Connection, municipality_code: str, at: datetime, persons: Sequence[str] | None = None
) -> dict[str, HistoryRow]:
    """What the register said at an instant of these persons, or of everybody, removed ones included."""
    rows = await connection.fetch(
        _SQL["persons_as_of"], municipality_code, at, None if persons is None else list(persons)
    )
    return {row["person_number"]: history_row(dict(row)) for row in rows}


async def household_heads_as_of(
    connection: asyncpg.Connection, municipality_code: str, at: datetime, households: Sequence[str] | None = None
) -> dict[str, str | None]:
    """The heads of these households, or of all that there were at an instant, by household number; None where one had none (世帯主不在)."""
    rows = await connection.fetch(_SQL["household_heads_as_of"], municipality_code, at, households)
    return {row["household_number"]: row["head_person_number"] for row in rows}


async def turn_year(connection: asyncpg.Connection, day: date) -> int:
    """The yearly work with removed records (除票), for all cities; safe to repeat, and right however late it is done.

    Makes the partitions of the day's year and the two after it, and those of earlier years that nobody prepared in time; sets
    aside those of years that ended five full years ago (住民基本台帳法施行令34条: kept for 150 years in either tier): the same
    rows, in the second tier, found by every reader as before. Returns how many years were set aside. Takes a connection of
    role `registry`.
    """
    moved: int = await connection.fetchval(_SQL["turn_year"], day)
    return moved


async def due_move_outs(connection: asyncpg.Connection, municipality_code: str, on: date) -> tuple[DueMoveOut, ...]:
    """Planned movers whose day has come on this JST date, oldest first: each needs its event OU9."""
    rows = await connection.fetch(_SQL["due_move_outs"], municipality_code, on)
    return tuple(DueMoveOut(row["person_number"], row["household_number"], row["planned_move_out_on"]) for row in rows)
