"""Sources that have become too old: their kinds stop by themselves, and somebody is told, once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import asyncpg

from civil.sql import load

_SQL: Final = load("sync.feeds", "status.sql")


async def tell_too_old(connection: asyncpg.Connection, municipality_code: str, now: datetime) -> Sequence[str]:
    """Open an alert for each source that is past its age limit `now` (UTC) and was not told of since its last file; which, as `sync`.

    The connection is in no transaction. Nothing has to start the kinds again: the next file does.
    """
    async with connection.transaction():
        await connection.execute(_SQL["enter_city"], municipality_code)
        rows = await connection.fetch(_SQL["tell_too_old"], municipality_code, now)
    return [row["source"] for row in rows]
