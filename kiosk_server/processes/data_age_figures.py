"""How old what certificates are made from is, looked up when the figures are read."""

import math
from collections.abc import Sequence
from typing import Final

import asyncpg

from issuance_db.data_age import behind_register, source_ages
from issuance_db.database import Database, DatabaseTimedOut, DatabaseUnreachable
from kiosk_server.web.metrics import Metrics

_SECONDS: Final = 3.0


class DataAges:
    """Keeps the figures of each city; without an answer of the database they are no numbers rather than old ones."""

    def __init__(self, database: Database, cities: Sequence[str], metrics: Metrics) -> None:
        self._database = database
        self._cities = cities
        self._metrics = metrics

    async def refresh(self) -> None:
        """Look now."""
        for city in self._cities:
            try:
                await self._look(city)
            except (DatabaseUnreachable, DatabaseTimedOut, asyncpg.PostgresError):
                self._metrics.behind(city, math.nan, math.nan)
                self._metrics.forget_sources(city)

    async def _look(self, city: str) -> None:
        async with self._database.city(city, timeout=_SECONDS) as connection:
            behind, sources = await behind_register(connection, city), await source_ages(connection, city)
        self._metrics.behind(city, behind.sequences, behind.seconds)
        for one in sources:
            self._metrics.source_age(city, one.source, one.age, one.age_limit)
