"""How many requests are worked on at once; the rest wait a little or are told to come back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from kiosk_server.issuing.refusal import RefusalCode
from kiosk_server.web.metrics import Metrics
from kiosk_server.web.problems import Problem


class Admission:
    """A bounded number in flight, and a bounded number waiting for a bounded time."""

    def __init__(self, pool: str, metrics: Metrics, *, in_flight: int, waiting: int, wait_seconds: float) -> None:
        """Take the pool's name for the figures, and its three bounds."""
        self._slots = asyncio.Semaphore(in_flight)
        self._most_waiting = waiting
        self._wait_seconds = wait_seconds
        self._waiting = 0
        self._in_flight_gauge = metrics.in_flight.labels(pool)
        self._waiting_gauge = metrics.waiting.labels(pool)

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Hold one slot. Raises Problem `busy` when too many wait already or none came free in time."""
        await self._take()
        self._in_flight_gauge.inc()
        try:
            yield
        finally:
            self._in_flight_gauge.dec()
            self._slots.release()

    async def _take(self) -> None:
        if self._slots.locked() and self._waiting >= self._most_waiting:
            raise Problem(RefusalCode.BUSY)
        self._waiting += 1
        self._waiting_gauge.inc()
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._slots.acquire()
        except TimeoutError:
            raise Problem(RefusalCode.BUSY) from None
        finally:
            self._waiting -= 1
            self._waiting_gauge.dec()
