"""Who signed in, and who looked at or took out what. Rows are added, never changed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import asyncpg

from civil.sql import load

_SQL: Final = load("issuance_db", "staff_readings.sql")


async def record_sign_in(
    connection: asyncpg.Connection, municipality_code: str, account_id: str | None, result: str
) -> None:
    """Write down what became of a try; None for a name that no account has."""
    await connection.execute(_SQL["sign_in"], municipality_code, account_id, result)


async def record_reading(
    connection: asyncpg.Connection,
    municipality_code: str,
    account_id: str,
    reading: str,
    *,
    concerns: str | None = None,
    person_number: str | None = None,
) -> None:
    """Write down what is about to be shown; ``person_number`` (宛名番号) is erased at retention."""
    await connection.execute(_SQL["reading"], municipality_code, account_id, reading, concerns, person_number)


async def own_sign_ins(
    connection: asyncpg.Connection, municipality_code: str, account_id: str, since: datetime, most: int
) -> Sequence[Mapping[str, Any]]:
    """For the person themselves: what was tried and changed with their account since an instant (UTC), newest first."""
    rows = await connection.fetch(_SQL["own_sign_ins"], municipality_code, account_id, since, most)
    return [dict(row.items()) for row in rows]
