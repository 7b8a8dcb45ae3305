"""Reading the register. Every function takes a connection of a transaction whose city is set (`city_transaction`)."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
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

    With an isolation, a running transaction must have the same one; asyncpg.InterfaceError otherwise.
    """
    async with connection.transaction(isolation=isolation):
        await connection.execute(_SQL["set_city"], municipality_code)
        yield connection


async def current_rows(
    connection: asyncpg.Connection, municipality_code: str, persons: Sequence[str], households: Sequence[str] = ()
) -> dict[str, HistoryRow]:
    """The current rows of these persons, removed ones included, and of everybody now in these households."""
    rows = await connection.fetch(_SQL["current_rows"], municipality_code, list(persons), list(households))
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


async def due_move_outs(connection: asyncpg.Connection, municipality_code: str, on: date) -> tuple[DueMoveOut, ...]:
    """Planned movers whose day has come on this JST date, oldest first: each needs its event OU9."""
    rows = await connection.fetch(_SQL["due_move_outs"], municipality_code, on)
    return tuple(DueMoveOut(row["person_number"], row["household_number"], row["planned_move_out_on"]) for row in rows)
