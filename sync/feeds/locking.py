"""The locks that permits take, for whatever a file or a list changes."""

from collections.abc import Sequence
from typing import Final

import asyncpg

from civil.sql import load

_SQL: Final = load("sync.feeds", "feeds.sql")
MANY: Final = 1_000
"""More numbers than this are changed under the city's lock, not under one for each."""


async def lock_for_change(connection: asyncpg.Connection, city: str, subject: str, numbers: Sequence[str]) -> None:
    """Lock these numbers until the transaction ends, or the whole city where there are more than MANY."""
    if len(numbers) > MANY:
        await connection.execute(_SQL["lock_city"], city)
    elif numbers:
        await connection.execute(_SQL["lock_numbers"], city, subject, numbers)
