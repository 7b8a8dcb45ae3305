"""Alerts of processes that refuse to serve, which would otherwise repeat with every start."""

from typing import Final

import asyncpg

from civil.sql import load
from issuance_db.history import open_alert

_SQL: Final = load("issuance_db", "alerts_once.sql")


async def open_alert_once(connection: asyncpg.Connection, municipality_code: str, cause: str, detail: str) -> None:
    """Open an alert of this city unless the same was opened within the hour, in a transaction of its own."""
    async with connection.transaction():
        await connection.execute("SELECT set_config('kiosk.municipality', $1, true)", municipality_code)
        if not await connection.fetchval(_SQL["is_known"], municipality_code, cause, detail):
            await open_alert(connection, municipality_code, cause, detail)
