"""Ending what a crashed or slow process left open, as role sweeper. Nothing that was answered is ever touched."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg

from civil.sql import load
from issuance_db import history, intents
from issuance_db.requests import RequestKey

_SQL: Final = load("issuance_db", "sweeping.sql")
_CAUSE: Final = "lease_ran_out"
_CODE: Final = "timed_out"


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep ended: requests abandoned, attempts voided, kept answers destroyed."""

    abandoned: int = 0
    voided: int = 0
    destroyed: int = 0

    def __add__(self, other: "Swept") -> "Swept":
        return Swept(self.abandoned + other.abandoned, self.voided + other.voided, self.destroyed + other.destroyed)


async def overdue(
    connection: asyncpg.Connection, municipality_code: str, now: datetime, limit: int = 500
) -> Sequence[RequestKey]:
    """Requests of the city that have something to end at `now` (UTC), at most `limit`."""
    rows = await connection.fetch(_SQL["overdue"], municipality_code, now, limit)
    return [RequestKey(municipality_code, row["caller_id"], row["call"], row["request_id"]) for row in rows]


async def end_overdue(connection: asyncpg.Connection, key: RequestKey, now: datetime) -> Swept:
    """End one request as abandoned if its lease ran out, and void its attempts that no lease covers, a step for each.

    One transaction for each request: a holder who finishes at this moment either comes first, and then nothing is left
    to end, or finds its lease gone.
    """
    row = await connection.fetchrow(_SQL["hold"], *key.columns)
    if row is None:
        return Swept()
    is_held = row["state"] == "accepted" and row["lease_until"] > now
    numbers = await intents.void_open(connection, key, row["lease_token"] - is_held, _CAUSE, now)
    for number in numbers:
        await history.add_step(connection, key, "void", now, code=_CAUSE, issuance_number=number)
    if row["state"] != "accepted" or is_held:
        return Swept(voided=len(numbers))
    await connection.execute(_SQL["abandon"], *key.columns, row["lease_token"])
    await history.add_step(connection, key, "abandoned", now, code=_CODE)
    return Swept(abandoned=1, voided=len(numbers))


async def destroy_kept_answers(connection: asyncpg.Connection, now: datetime) -> int:
    """Destroy the kept answers of the city whose time is over at `now` (UTC); returns how many."""
    destroyed: int = await connection.fetchval(_SQL["destroy_kept_answers"], now)
    return destroyed
