"""Asks a running service for certificates: at a rate, or so many at a time."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import count, cycle
from typing import Final
from urllib.parse import urlsplit

from civil.errors import KioskError
from kiosk_server.demo.claiming import analyze
from kiosk_server.demo.directory import DemoDirectory
from kiosk_server.demo.servers import DATABASE
from kiosk_server.embedded.postgres import SUPERUSER
from kiosk_server.web.client import CentreClient, CentreProblem
from tests.bench.answers import Answers
from tests.system.running import Sample, Service

_WARM_UP_SECONDS: Final = 600


class Driver:
    """Asks for certificates, each with a request id of its own, residents in turn."""

    def __init__(self, client: CentreClient, samples: tuple[Sample, ...]) -> None:
        self._client = client
        self._turns: Iterator[Sample] = cycle(samples)
        self._ids = count()
        self._now = asyncio.get_running_loop().time

    async def one(self, answers: Answers, planned: float) -> None:
        """One request; its time counts from when it was planned."""
        sample = next(self._turns)
        try:
            certificate = await self._client.issue(sample.request(f"bench-{next(self._ids)}"))
        except CentreProblem as problem:
            answers.errors[problem.code] += 1
        except KioskError as error:
            answers.errors[type(error).__name__] += 1
        else:
            answers.add(self._now() - planned, sample, certificate)

    async def at_a_rate(self, per_second: int, seconds: float) -> Answers:
        """Open loop: requests start when planned, however many are under way."""
        answers, started = Answers(), self._now()
        async with asyncio.TaskGroup() as asking:
            for turn in range(int(per_second * seconds)):
                planned = started + turn / per_second
                await asyncio.sleep(planned - self._now())
                asking.create_task(self.one(answers, planned))
        answers.seconds = self._now() - started
        return answers

    async def in_flight(self, number: int, seconds: float, most: int) -> Answers:
        """Closed loop: so many under way at any time, until the time is over or `most` were answered."""
        answers, started = Answers(), self._now()

        async def ask_on() -> None:
            while self._now() - started < seconds and len(answers.taken) < most:
                await self.one(answers, self._now())

        await asyncio.gather(*(ask_on() for _ in range(number)))
        answers.seconds = self._now() - started
        return answers


@asynccontextmanager
async def warm_driver(service: Service, in_flight: int, number: int) -> AsyncIterator[Driver]:
    """A driver of a service that has given so many certificates, and whose database knows by statistics how long its tables are."""
    async with service.client(tries=1) as client:
        driver = Driver(client, service.samples)
        await driver.in_flight(in_flight, _WARM_UP_SECONDS, number)
        await _renew_statistics(service)
        yield driver


async def _renew_statistics(service: Service) -> None:
    """PostgreSQL does so by itself, but at some moment within the next ten seconds."""
    password = (DemoDirectory(service.directory).postgres / "password").read_text(encoding="ascii").strip()
    where = urlsplit(service.database_url)
    await analyze(f"postgresql://{SUPERUSER}:{password}@{where.hostname}:{where.port}/{DATABASE}?sslmode=disable")
