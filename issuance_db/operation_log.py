"""The operation log of staff: one list of who signed in, who looked at what, and who did what; and that it was looked through."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import asyncpg

from civil.errors import KioskError
from civil.sql import load

_SQL: Final = load("issuance_db", "operation_log.sql")
REVIEWED: Final = "log_reviewed"
"""The act of having looked the log through; ``concerns`` holds the period."""


class OwnActs(KioskError):
    """この期間には、あなた自身の操作があります。操作していない人が確認してください。 /
    You did something in that period yourself. Somebody who did nothing in it looks it through."""


async def read_log(
    connection: asyncpg.Connection,
    municipality_code: str,
    since: datetime,
    until: datetime,
    account_id: str | None,
    limit: int,
) -> Sequence[Mapping[str, Any]]:
    """The newest ``limit`` entries from ``since`` to before ``until`` (UTC), of everybody or of one account."""
    rows = await connection.fetch(_SQL["page"], municipality_code, since, until, account_id, limit)
    return [dict(row.items()) for row in rows]


async def has_acted(
    connection: asyncpg.Connection, municipality_code: str, since: datetime, until: datetime, name: str
) -> bool:
    """Whether a person did anything from ``since`` to before ``until`` (UTC) but look the log through."""
    return bool(await connection.fetchval(_SQL["has_acted"], municipality_code, since, until, name))


async def about_person(
    connection: asyncpg.Connection, municipality_code: str, person_number: str
) -> Sequence[Mapping[str, Any]]:
    """Every look at a person and everything done about them, newest first (PIA R-80)."""
    rows = await connection.fetch(_SQL["about_person"], municipality_code, person_number)
    return [dict(row.items()) for row in rows]


async def reviews(connection: asyncpg.Connection, municipality_code: str, limit: int) -> Sequence[Mapping[str, Any]]:
    """The latest reviews of the log."""
    return [dict(row.items()) for row in await connection.fetch(_SQL["reviews"], municipality_code, limit)]
