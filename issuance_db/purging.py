"""The end of what is kept for a time only, as role sweeper, by the database's own clock."""

from typing import Final

import asyncpg

from civil.sql import load

_SQL: Final = load("issuance_db", "purging.sql")


async def destroy_quarantined(connection: asyncpg.Connection) -> int:
    """Destroy quarantined documents of the city past their time; their entries stay. Returns how many."""
    destroyed: int = await connection.fetchval(_SQL["destroy_quarantined"])
    return destroyed


async def purge_spent(connection: asyncpg.Connection) -> int:
    """Delete PIN charges and session uses older than a week and failure windows older than a day; returns how many rows."""
    purged: int = await connection.fetchval(_SQL["purge_spent"])
    return purged
