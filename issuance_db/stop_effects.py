"""Whom and what a stop would affect, for the eyes of who is about to set it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import asyncpg

from civil.sql import load
from issuance_db.stops import Scope

_SQL: Final = load("issuance_db", "stop_effects.sql")
LATELY: Final = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Effects:
    """Counts of the last 28 days, as a measure of what is to come; ``last_at`` is UTC, None where nothing was asked.

    ``persons``: those whom the stop is of, as the issuance record has them; empty for a stop of the service.
    """

    requests: int
    issued: int
    under_way: int
    terminals: int
    last_at: datetime | None
    persons: Sequence[Mapping[str, Any]] = ()


async def effects_of(connection: asyncpg.Connection, municipality_code: str, scope: Scope, now: datetime) -> Effects:
    """What was asked in the last 28 days of what the scope covers, and who is meant."""
    if scope.person_number is None and scope.household_number is None:
        row = await connection.fetchrow(
            _SQL["asked_lately"],
            municipality_code,
            now - LATELY,
            scope.kind,
            scope.operator,
            scope.store,
            scope.terminal,
        )
        return Effects(**dict(_one(row).items()))
    persons = await connection.fetch(_SQL["persons"], municipality_code, scope.person_number, scope.household_number)
    numbers: set[str] = {row["person_number"] for row in persons}
    if scope.person_number is not None:
        numbers.add(scope.person_number)
    found = await connection.fetchrow(
        _SQL["showed_lately"], municipality_code, sorted(numbers), now - LATELY, scope.kind
    )
    showed = _one(found)
    return Effects(
        showed["issued"], showed["issued"], 0, 0, showed["last_at"], tuple([dict(row.items()) for row in persons])
    )


def _one(row: asyncpg.Record | None) -> asyncpg.Record:
    if row is None:
        message = "a SELECT of counts has one row"
        raise LookupError(message)
    return row
