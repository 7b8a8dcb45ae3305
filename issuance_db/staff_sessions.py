"""Sessions of staff at the console. The database holds the digest of a token, never the token."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import asyncpg

from civil.sql import load

_SQL: Final = load("issuance_db", "staff_sessions.sql")
IDLE: Final = timedelta(minutes=15)
"""A session nobody used for so long has ended."""
LONGEST: Final = timedelta(hours=10)
"""A session ends after so long in any case: a working day."""


@dataclass(frozen=True, slots=True)
class StaffSession:
    """Whose session it is. Not whole: the password was right, the second factor is still to come."""

    account_id: str
    name: str
    duties: Sequence[str]
    password_is_initial: bool
    has_second_factor: bool
    is_whole: bool


async def begin_session(
    connection: asyncpg.Connection,
    municipality_code: str,
    token_digest: bytes,
    account_id: str,
    now: datetime,
    *,
    is_whole: bool,
) -> None:
    """Begin a session under the SHA-256 of its token at an instant (UTC), and clear away what ran out."""
    await connection.execute(_SQL["purge"], municipality_code, now - IDLE, now - LONGEST)
    await connection.execute(_SQL["begin"], municipality_code, token_digest, account_id, is_whole, now)


async def look_at_session(
    connection: asyncpg.Connection, municipality_code: str, token_digest: bytes, now: datetime, today: date
) -> StaffSession | None:
    """The session, kept alive by the look; None where it ended or its account did. ``now`` in UTC, ``today`` in JST."""
    row = await connection.fetchrow(
        _SQL["look"], municipality_code, token_digest, now, now - IDLE, now - LONGEST, today
    )
    return None if row is None else StaffSession(**dict(row.items()))


async def watch_session(
    connection: asyncpg.Connection, municipality_code: str, token_digest: bytes, now: datetime, today: date
) -> StaffSession | None:
    """The session as `look_at_session` finds it, without keeping it alive."""
    row = await connection.fetchrow(_SQL["watch"], municipality_code, token_digest, now - IDLE, now - LONGEST, today)
    return None if row is None else StaffSession(**dict(row.items()))


async def end_session(connection: asyncpg.Connection, municipality_code: str, token_digest: bytes) -> None:
    """End one session."""
    await connection.execute(_SQL["end"], municipality_code, token_digest)


async def end_sessions_of(connection: asyncpg.Connection, municipality_code: str, account_id: str) -> None:
    """End every session of an account."""
    await connection.execute(_SQL["end_all"], municipality_code, account_id)


async def keep_search(
    connection: asyncpg.Connection,
    municipality_code: str,
    search_id: str,
    token_digest: bytes,
    criteria: Mapping[str, str],
) -> None:
    """Keep what is searched for as long as the session lives."""
    written = json.dumps(dict(criteria), ensure_ascii=False)
    await connection.execute(_SQL["keep_search"], municipality_code, search_id, token_digest, written)


async def find_search(
    connection: asyncpg.Connection, municipality_code: str, search_id: str, token_digest: bytes
) -> Mapping[str, str] | None:
    """What was searched for under this id in this session, or None."""
    if not search_id.isprintable():
        return None
    written = await connection.fetchval(_SQL["search"], municipality_code, search_id, token_digest)
    return None if written is None else json.loads(written)
