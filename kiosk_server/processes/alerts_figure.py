"""How many alerts are open, counted when the figures are read."""

import math
from collections.abc import Sequence
from typing import Final

import asyncpg

from issuance_db.alerts import open_alerts
from issuance_db.database import Database, DatabaseTimedOut, DatabaseUnreachable
from kiosk_server.web.metrics import Metrics

_SECONDS: Final = 3.0


class OpenAlerts:
    """Keeps `kiosk_alerts_open` of each city; without an answer of the database it is no number rather than an old one."""

    def __init__(self, database: Database, cities: Sequence[str], metrics: Metrics) -> None:
        self._database = database
        self._cities = cities
        self._metrics = metrics

    async def refresh(self) -> None:
        """Count now."""
        for city in self._cities:
            self._metrics.alerts_open.labels(city).set(await self._count(city))

    async def _count(self, city: str) -> float:
        try:
            async with self._database.city(city, timeout=_SECONDS) as connection:
                return await open_alerts(connection, city)
        except (DatabaseUnreachable, DatabaseTimedOut, asyncpg.PostgresError):
            return math.nan
