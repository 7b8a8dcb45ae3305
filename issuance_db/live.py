"""What is being issued now, by machine and terminal: figures for everybody who runs the service, and nothing of a resident."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import asyncpg

from civil.sql import load

_SQL: Final = load("issuance_db", "live.sql")


async def latest_requests(
    connection: asyncpg.Connection, municipality_code: str, since: datetime, most: int
) -> Sequence[Mapping[str, Any]]:
    """Requests after an instant (UTC), newest first; ``seconds`` to the books and ``age`` of the oldest data, where issued."""
    return [dict(row.items()) for row in await connection.fetch(_SQL["latest"], municipality_code, since, most)]


async def recent_sums(
    connection: asyncpg.Connection, municipality_code: str, since: datetime, most: int
) -> Sequence[Mapping[str, Any]]:
    """Sums after an instant (UTC): machines first, then the busiest terminals (``is_terminal``), ``most`` rows in all."""
    return [dict(row.items()) for row in await connection.fetch(_SQL["summed"], municipality_code, since, most)]
