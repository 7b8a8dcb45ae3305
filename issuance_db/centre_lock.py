"""The role of the centre process: held alone, or by several, as a session's advisory lock on the primary."""

from typing import Final, Literal

import asyncpg

from civil.sql import load

_SQL: Final = load("issuance_db", "centre_lock.sql")
_MODES: Final = {"single": "ExclusiveLock", "several": "ShareLock"}

Topology = Literal["single", "several"]


async def is_primary(connection: asyncpg.Connection) -> bool:
    """Whether this is the primary and not a standby."""
    primary: bool = await connection.fetchval(_SQL["is_primary"])
    return primary


async def try_centre_lock(connection: asyncpg.Connection, topology: Topology) -> bool:
    """Take the role for as long as the session lives; False while another session stands against it."""
    taken: bool = await connection.fetchval(_SQL[f"take_{topology}"])
    return taken


async def holds_centre_lock(connection: asyncpg.Connection, topology: Topology) -> bool:
    """Whether the session still holds it. False behind a pooler that gave us another session."""
    held: bool = await connection.fetchval(_SQL["holds"], _MODES[topology])
    return held
