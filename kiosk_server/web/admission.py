"""How many requests are worked on at once; the rest wait a little, or are told at once when to come back."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from secrets import SystemRandom
from typing import Final

from kiosk_server.issuing.refusal import RefusalCode
from kiosk_server.web.metrics import Metrics
from kiosk_server.web.problems import Problem

_NEWEST: Final = 0.1
"""How much the newest measurement counts in the mean of those before."""

MOST_SECONDS: Final = 20.0
"""Nobody is sent away for longer: the centre waits for thirty, and the pace measured while a rush connects is far too slow."""


class Returns:
    """When those who are sent away come back: one after the other, at the pace at which requests are answered.

    All told the same number, they would come back in the same second, and be sent away again.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._random = SystemRandom()
        self._last = -math.inf

    def seconds(self, wait: float, each: float) -> int:
        """For Retry-After: not before `wait`, and `each` (both in seconds) after whoever was told before; never beyond `MOST_SECONDS`."""
        now = self._clock()
        self._last = max(self._last, now + wait) + each
        if self._last > now + MOST_SECONDS:
            self._last = now + MOST_SECONDS
            return math.ceil(self._random.uniform(min(wait, MOST_SECONDS), MOST_SECONDS)) or 1
        # The processes do not know of each other: a second more or less keeps their paces apart.
        return max(1, math.ceil(self._last - now + self._random.random()))


class Admission:
    """A bounded number in flight, and as many waiting as can have their turn in time, by what requests take now."""

    def __init__(
        self,
        pool: str,
        metrics: Metrics,
        *,
        in_flight: int,
        waiting: int,
        wait_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the pool's name for the figures, its three bounds, and a clock in seconds."""
        self._clock = clock
        self._slots = asyncio.Semaphore(in_flight)
        self._in_flight = in_flight
        self._most_waiting = waiting
        self._wait_seconds = wait_seconds
        self._waiting = 0
        self._held_seconds = 0.0
        self._returns = Returns()
        self._in_flight_gauge = metrics.in_flight.labels(pool)
        self._waiting_gauge = metrics.waiting.labels(pool)
        self._expected_gauge = metrics.expected_wait.labels(pool)

    @property
    def expected_wait(self) -> float:
        """Seconds until a request that came now would have its turn, by how long slots were held lately."""
        return (self._waiting + 1) * self._each if self._slots.locked() else 0.0

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Hold one slot. Raises Problem `busy`, at once when none will come free in time, else when none did."""
        await self._take()
        self._in_flight_gauge.inc()
        taken = self._clock()
        try:
            yield
        finally:
            self._measured(self._clock() - taken)
            self._in_flight_gauge.dec()
            self._slots.release()

    @property
    def _each(self) -> float:
        """Seconds from one slot that comes free to the next."""
        return self._held_seconds / self._in_flight

    async def _take(self) -> None:
        expected = self.expected_wait
        self._expected_gauge.set(expected)
        if self._slots.locked() and (self._waiting >= self._most_waiting or expected > self._wait_seconds):
            raise self._busy(expected)
        self._waiting += 1
        self._waiting_gauge.inc()
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._slots.acquire()
        except TimeoutError:
            raise self._busy(expected) from None
        finally:
            self._waiting -= 1
            self._waiting_gauge.dec()

    def _busy(self, expected: float) -> Problem:
        return Problem(RefusalCode.BUSY, retry_after=self._returns.seconds(expected, self._each))

    def _measured(self, seconds: float) -> None:
        self._held_seconds += (seconds - self._held_seconds) * (_NEWEST if self._held_seconds else 1)
