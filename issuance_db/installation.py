"""What a database is for: demo or production. Said once, when it is made."""

from typing import Final, Literal

import asyncpg

from civil.sql import load

_SQL: Final = load("issuance_db", "installation.sql")

Marker = Literal["demo", "production"]


async def marker_of(connection: asyncpg.Connection) -> str | None:
    """The marker, or None for a database that has none yet, or no schema of ours."""
    if not await connection.fetchval(_SQL["has_place"]):
        return None
    marker: str | None = await connection.fetchval(_SQL["marker"])
    return marker


async def mark(connection: asyncpg.Connection, marker: Marker) -> None:
    """Say what a migrated database is for, as an administrator or `migrator`; one that says so already keeps its marker."""
    async with connection.transaction():
        await connection.execute("SET LOCAL ROLE shared_owner")
        await connection.execute(_SQL["mark"], marker)
