"""The role of the centre process: held alone, or by several, as a session's advisory lock on the primary."""

from collections.abc import Sequence
from typing import Final, Literal

import asyncpg

from civil.sql import load

_SQL: Final = load("issuance_db", "centre_lock.sql")

Topology = Literal["single", "several"]
_MODES: Final[dict[Topology, str]] = {"single": "ExclusiveLock", "several": "ShareLock"}


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


async def centre_lock_holders(connection: asyncpg.Connection) -> Sequence[Topology]:
    """How each session that holds the role now has taken it."""
    rows = await connection.fetch(_SQL["holders"])
    return [topology for row in rows for topology, mode in _MODES.items() if row["mode"] == mode]
