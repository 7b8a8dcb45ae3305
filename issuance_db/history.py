"""History: every step of every request, every issuance and its outcome. Rows are added, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import asyncpg

from civil.sql import load
from issuance_db.requests import RequestKey
from issuance_db.steps import one_after_another

_SQL: Final = load("issuance_db", "history.sql")


@dataclass(frozen=True, slots=True)
class RecordedOutcome:
    """An issuance as its caller may see it; ``outcome`` is None while nothing was reported."""

    caller_id: str
    kind: str
    recorded_at: datetime
    outcome: str | None
    fee_collected: bool | None
    occurred_at: datetime | None


@dataclass(frozen=True, slots=True)
class RecordedLevel:
    """The signature level that was wanted and the one that was made; ``reason`` names why it is lower, if it is."""

    asked: str
    made: str
    reason: str | None


async def add_step(
    connection: asyncpg.Connection,
    key: RequestKey,
    state: str,
    now: datetime,
    *,
    code: str | None = None,
    issuance_number: str | None = None,
) -> None:
    """Append the next step of a request, in the transaction that makes it true: the database compares.

    Raises DatabaseConflict when another transaction added a step at the same moment.
    """
    with one_after_another():
        await connection.execute(_SQL["step"], *key.columns, state, code, issuance_number, now)


async def add_refusal_reason(
    connection: asyncpg.Connection, key: RequestKey, reason: str, person_number: str | None, now: datetime
) -> None:
    """Keep the real reason of a refusal for staff."""
    await connection.execute(_SQL["refusal_reason"], *key.columns, now, reason, person_number)


async def add_my_number_read(
    connection: asyncpg.Connection,
    municipality_code: str,
    issuance_number: str | None,
    person_number: str,
    *,
    purpose: str,
    allowed: bool,
) -> None:
    """Log one read of a My Number, or the refusal of one."""
    await connection.execute(
        _SQL["my_number_read"], municipality_code, issuance_number, person_number, purpose, allowed
    )


async def open_alert(
    connection: asyncpg.Connection,
    municipality_code: str,
    cause: str,
    detail: str,
    *,
    issuance_number: str | None = None,
    caller_id: str | None = None,
    request_id: str | None = None,
) -> None:
    """Open an alert; ``detail`` holds no personal data."""
    await connection.execute(_SQL["alert"], municipality_code, cause, issuance_number, caller_id, request_id, detail)


async def open_callers_alert(
    connection: asyncpg.Connection,
    municipality_code: str,
    cause: str,
    detail: str,
    *,
    issuance_number: str | None,
    caller_id: str,
    request_id: str | None = None,
) -> None:
    """Open an alert of what a caller told, unless the same one is still open; ``detail`` holds no personal data."""
    told = (cause, issuance_number, caller_id, request_id, detail)
    await connection.execute(_SQL["callers_alert"], municipality_code, *told)


async def open_daily_alert(connection: asyncpg.Connection, municipality_code: str, cause: str, detail: str) -> None:
    """Open an alert unless one of this cause was opened within a day; ``detail`` holds no personal data."""
    await connection.execute(_SQL["daily_alert"], municipality_code, cause, detail)


async def failing_place(connection: asyncpg.Connection, municipality_code: str, issuance_number: str) -> str | None:
    """Where a number was sent (operator/store/terminal), if the last three prints reported of that terminal within a day failed."""
    place: str | None = await connection.fetchval(_SQL["failing_place"], municipality_code, issuance_number)
    return place


async def outcome_of(
    connection: asyncpg.Connection, municipality_code: str, issuance_number: str
) -> RecordedOutcome | None:
    """The issuance and what was reported of it, or None for a number that was never issued."""
    row = await connection.fetchrow(_SQL["outcome_of"], municipality_code, issuance_number)
    return None if row is None else RecordedOutcome(**dict(row.items()))


async def add_outcome(
    connection: asyncpg.Connection,
    municipality_code: str,
    issuance_number: str,
    outcome: str,
    occurred_at: datetime,
    reported_by: str,
    *,
    fee_collected: bool,
) -> bool:
    """Store the first report; False if there was one already."""
    row = await connection.fetchrow(
        _SQL["outcome"], municipality_code, issuance_number, outcome, fee_collected, occurred_at, reported_by
    )
    return row is not None


async def list_requests(
    connection: asyncpg.Connection,
    municipality_code: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int | None = None,
) -> Sequence[dict[str, Any]]:
    """Issuance requests, newest first: one mapping per request, with the names that ``kiosk history`` prints."""
    rows = await connection.fetch(_SQL["list"], municipality_code, since, until, limit)
    return [dict(row.items()) for row in rows]


async def steps_of(
    connection: asyncpg.Connection, municipality_code: str, issuance_number: str
) -> Sequence[dict[str, Any]]:
    """What happened, step by step; ``whole`` says whether the step still has the digest it was written with."""
    rows = await connection.fetch(_SQL["steps"], municipality_code, issuance_number)
    return [dict(row.items()) for row in rows]


async def level_of(
    connection: asyncpg.Connection, municipality_code: str, issuance_number: str
) -> RecordedLevel | None:
    """The signature level of an issuance; None where nothing above B-B was wanted, and for a number never issued."""
    row = await connection.fetchrow(_SQL["level"], municipality_code, issuance_number)
    return None if row is None else RecordedLevel(**dict(row.items()))
