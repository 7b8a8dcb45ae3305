"""The alert that a terminal or a caller was stopped for guessing: one an hour, however often it goes on trying."""

from typing import Final

import asyncpg

from civil.sql import load
from issuance_db.history import open_alert

GUESSING_STOPPED: Final = "guessing_stopped"
_SQL: Final = load("issuance_db", "guessing_alerts.sql")


async def open_guessing_alert(connection: asyncpg.Connection, municipality_code: str, where: str) -> None:
    """Open the alert unless the same one was opened within the hour; `where` names caller and terminal, and nobody else."""
    # Locked in one statement and looked for in a later one, which sees what was committed while this one waited.
    await connection.execute(_SQL["lock"], where)
    if not await connection.fetchval(_SQL["is_known"], municipality_code, GUESSING_STOPPED, where):
        await open_alert(connection, municipality_code, GUESSING_STOPPED, where)
