"""Keeps 発行用住民票 (F6) equal to the registry: woken by the outbox, in order, once, restartable at any point."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager
from typing import Final, Never

import asyncpg

from civil.clock import Clock
from civil.sql import load
from sync.batch import CityProjection
from sync.errors import ProjectionFailed
from sync.observer import Observer, Progress
from sync.session import TRANSIENT, Wake, listen, session

__all__ = ["Projection"]

_SQL: Final = load("sync", "projection.sql")
_FIRST_DELAY: Final = 0.1
_LONGEST_DELAY: Final = 5.0


class Projection:
    """The projection of some cities, as the role `sync`.

    Takes the URL of the database, the cities (6-digit 全国地方公共団体コード) and a clock for the times it writes (UTC).
    NOTIFY is a hint; `poll_seconds` is how long a change can wait without one. The registry may name the city in the
    payload of the notification: then only that one is looked at, and all of them at every poll.
    """

    def __init__(
        self,
        dsn: str,
        municipality_codes: Sequence[str],
        clock: Clock,
        *,
        observer: Observer | None = None,
        poll_seconds: float = 0.5,
    ) -> None:
        self._dsn = dsn
        self._cities = tuple(municipality_codes)
        self._clock = clock
        self._observer = observer or Observer()
        self._poll_seconds = poll_seconds
        self._delay = _FIRST_DELAY

    async def run(self) -> Never:
        """Project until cancelled; each city by one process at a time, the others wait for their turn.

        After a lost connection, connects again and goes on where the last committed batch ended. Raises
        ProjectionFailed for what no retry mends (a missing table, a missing grant).
        """
        while True:
            try:
                async with without_details(), session(self._dsn) as connection:
                    await self._serve(connection)
            except TRANSIENT as error:
                self._observer.interrupted(cause_told(error))
            await asyncio.sleep(self._delay)
            self._delay = min(2 * self._delay, _LONGEST_DELAY)

    async def catch_up(self) -> Progress:
        """Apply everything committed until now, and return what that changed. Safe beside a running projection."""
        progress = Progress()
        async with without_details(), session(self._dsn) as connection:
            for city in self._cities:
                progress += await self._city(connection, city).catch_up()
        return progress

    async def rebuild(self) -> Progress:
        """Make F6 anew from nothing but the registry, city by city. Safe beside a running projection and permits."""
        progress = Progress()
        async with without_details(), session(self._dsn) as connection:
            for city in self._cities:
                progress += await self._city(connection, city).rebuild()
        return progress

    async def _serve(self, connection: asyncpg.Connection) -> Never:
        wake = Wake()
        await listen(connection, wake)
        led: dict[str, CityProjection] = {}
        seconds = asyncio.get_running_loop().time
        while True:
            next_poll = seconds() + self._poll_seconds
            await self._try_to_lead(connection, led)
            await self._catch_up(led, led.keys())
            self._delay = _FIRST_DELAY
            # Hints that never end must not put off the poll.
            while (remaining := next_poll - seconds()) > 0:
                await self._catch_up(led, await wake.wait(remaining) or led.keys())

    async def _try_to_lead(self, connection: asyncpg.Connection, led: dict[str, CityProjection]) -> None:
        for city in self._cities:
            if city in led:
                continue
            if await connection.fetchval(_SQL["try_to_lead"], city):
                led[city] = self._city(connection, city)
                self._observer.leads(city)
            else:
                self._observer.waits(city)

    async def _catch_up(self, led: Mapping[str, CityProjection], cities: AbstractSet[str]) -> None:
        for city in sorted(cities & led.keys()):
            progress = await led[city].catch_up()
            if progress != Progress():
                self._observer.applied(city, progress)

    def _city(self, connection: asyncpg.Connection, municipality_code: str) -> CityProjection:
        return CityProjection(connection, municipality_code, self._clock)


@asynccontextmanager
async def without_details() -> AsyncIterator[None]:
    """An error of the database may quote the row it failed on; beyond this point only its SQLSTATE is known."""
    try:
        yield
    except TRANSIENT:
        raise
    except asyncpg.PostgresError as error:
        raise ProjectionFailed(f"{ProjectionFailed()} (SQLSTATE {error.sqlstate})") from None


def cause_told(error: Exception) -> str:
    """What may be told of an error: its SQLSTATE, or the name of its class."""
    return (isinstance(error, asyncpg.PostgresError) and error.sqlstate) or type(error).__name__
