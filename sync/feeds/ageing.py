"""Sources that have become too old, or have told of nobody but those who changed for too long: somebody is told, once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import asyncpg

from civil.sql import load

_SQL: Final = load("sync.feeds", "status.sql")
LISTED_LIMIT: Final = timedelta(days=8)
"""A deletion or a revocation that is lost on its way shows in a full file or a list alone (decided: a week, and a day for its being late)."""


async def tell_too_old(connection: asyncpg.Connection, municipality_code: str, now: datetime) -> Sequence[str]:
    """Open an alert for each source that is past its age limit `now` (UTC) and was not told of since its last file; which, as `sync`.

    Another for each whose last full file or list is older than LISTED_LIMIT. The connection is in no transaction. Nothing has to start
    the kinds again: the next file does.
    """
    async with connection.transaction():
        await connection.execute(_SQL["enter_city"], municipality_code)
        rows = await connection.fetch(_SQL["tell_too_old"], municipality_code, now)
        await connection.execute(_SQL["tell_unlisted"], municipality_code, now, LISTED_LIMIT)
    return [row["source"] for row in rows]
