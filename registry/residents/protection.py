"""Who is under a protective measure (抑止対象者一覧). Every function takes a connection of role `registry` in a transaction whose city is set."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Final

import asyncpg

from civil.sql import load
from registry.residents.inquiry_log import Inquirer, record_inquiry
from registry.residents.measures import Measure, measure_of
from registry.residents.person_record import HistoryRow
from registry.residents.reading import current_rows

_SQL: Final = load("registry.residents", "protection.sql")


async def protected_people(
    connection: asyncpg.Connection,
    municipality_code: str,
    asker: Inquirer,
    now: datetime,
    others: Collection[str] = (),
) -> tuple[HistoryRow, ...]:
    """Everybody under a measure now, removed ones and `others` (宛名番号) included; that they were shown is recorded."""
    protected = await _protected(connection, municipality_code)
    unknown = sorted(set(others) - {one.record.person_number for one in protected})
    people = [*protected, *(await current_rows(connection, municipality_code, unknown)).values()]
    numbers = [one.record.person_number for one in people]
    await record_inquiry(connection, municipality_code, asker, "search", ("suppressed",), numbers, now)
    return tuple(people)


async def measures_due(connection: asyncpg.Connection, municipality_code: str, on: date) -> int:
    """How many measures are over or end within a month."""
    due = (measure_of(one.record, on) for one in await _protected(connection, municipality_code))
    return sum(one in {Measure.OVER, Measure.ENDING} for one in due)


async def _protected(connection: asyncpg.Connection, city: str) -> list[HistoryRow]:
    ever = [row["person_number"] for row in await connection.fetch(_SQL["ever_protected"], city)]
    return [row for row in (await current_rows(connection, city, ever)).values() if row.record.suppressed]
