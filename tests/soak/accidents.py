"""What happens to processes meanwhile: killed, standing still, and Valkey emptied."""

import asyncio
import os
import random
import signal
from collections.abc import Awaitable, Callable
from typing import Final

from redis.asyncio import Redis

from tests.soak.findings import Findings
from tests.system.installation import Installation
from tests.system.part import Part, paused

_STANDS_STILL_SECONDS: Final = (1.0, 25.0)
"""Up to more than twice a lease of ten seconds."""


async def is_set_within(event: asyncio.Event, seconds: float) -> bool:
    """Wait so long, or until the event comes."""
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False


class Accidents:
    """One after another, by chance. The first centre process is never killed, so that growth shows in it."""

    def __init__(self, installation: Installation, findings: Findings, rng: random.Random) -> None:
        self._installation = installation
        self._findings = findings
        self._rng = rng

    async def work(self, every_seconds: float, until: asyncio.Event) -> None:
        """An accident about every so many seconds; every process runs afterwards."""
        doings = [self._kill_centre, self._kill_paper_worker, self._kill_sync, self._kill_sweeper, self._stand_still,
                  self._empty_valkey]  # fmt: skip
        while not await is_set_within(until, self._rng.expovariate(1 / every_seconds)):
            doing: Callable[[], Awaitable[None]]
            (doing,) = self._rng.choices(doings, (4, 4, 3, 2, 3, 1))
            await doing()

    async def _kill_centre(self) -> None:
        await self._kill(self._rng.choice(self._installation.centres[1:]), "centre process killed")

    async def _kill_sync(self) -> None:
        await self._kill(self._installation.sync, "sync killed")

    async def _kill_sweeper(self) -> None:
        await self._kill(self._installation.sweeper, "sweeper killed")

    async def _kill(self, part: Part, told: str) -> None:
        part.kill()
        self._findings.troubles[told] += 1
        part.begin()
        await asyncio.to_thread(part.wait)

    async def _kill_paper_worker(self) -> None:
        workers = self._rng.choice(self._installation.centres).workers()
        if workers:
            os.kill(self._rng.choice(workers), signal.SIGKILL)
            self._findings.troubles["paper worker killed"] += 1

    async def _stand_still(self) -> None:
        """A process stops where it is and goes on later, perhaps past its lease."""
        part = self._rng.choice(self._installation.centres[1:])
        which = self._rng.choice(((part.pid,), part.workers(), (self._installation.sync.pid,)))
        self._findings.troubles["process stood still"] += 1
        with paused(*which):
            await asyncio.sleep(self._rng.uniform(*_STANDS_STILL_SECONDS) * self._rng.random())

    async def _empty_valkey(self) -> None:
        async with Redis.from_url(self._installation.redis_url) as redis:
            await redis.flushall()
        self._findings.troubles["Valkey emptied"] += 1
