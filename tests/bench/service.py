"""The whole service over mutual TLS from one client: first at a steady rate, then as much as it gives."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from itertools import count, cycle
from typing import Final

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from civil.errors import KioskError
from kiosk_server.web.client import CentreClient, CentreProblem
from tests.bench.answers import Answers
from tests.bench.figures import Table, milliseconds, percentile
from tests.system.running import Sample, Service, running_service

_RESIDENTS: Final = 3_000
_SAMPLES: Final = 900
"""Enough that nobody asks more often than the request limit lets them: 20 times a minute."""
_RATE: Final = 20
_IN_FLIGHT: Final = 24
_SECONDS: Final = 20
_QUICK_SECONDS: Final = 5
_WARM_UP: Final = 48
_MOST_ANSWERS: Final = 12_000


def measure(quick: bool) -> list[Table]:  # noqa: FBT001 - one switch of the command line
    """Three tables: open loop, closed loop, and the mean cost of each step as the service counted it."""
    with running_service(_RESIDENTS, _SAMPLES) as service:
        return asyncio.run(_measure(service, _QUICK_SECONDS if quick else _SECONDS))


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

    async def at_a_rate(self, per_second: int, seconds: int) -> Answers:
        """Open loop: requests start when planned, however many are under way."""
        answers, started = Answers(), self._now()
        async with asyncio.TaskGroup() as asking:
            for turn in range(per_second * seconds):
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


async def _measure(service: Service, seconds: int) -> list[Table]:
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(service.client(tries=1))
        driver = Driver(client, service.samples)
        await driver.in_flight(_IN_FLIGHT, 60, _WARM_UP)
        steady = await driver.at_a_rate(_RATE, seconds)
        before = await _steps(service)
        full = await driver.in_flight(_IN_FLIGHT, seconds, _MOST_ANSWERS)
        after = await _steps(service)
    everybody = {name for sample in service.samples for name in sample.household}
    return [
        _latency(steady, steady.wrong(everybody)),
        _throughput(full, full.wrong(everybody)),
        _costs({step: seconds - before.get(step, 0) for step, seconds in after.items()}, len(full.taken)),
    ]


def _latency(answers: Answers, wrong: int) -> Table:
    figures = {f"p{percent}": percentile(answers.taken, percent) for percent in (50, 95, 99)}
    return Table(
        f"service: {_RATE} requests a second, milliseconds from the planned start to the whole answer",
        ("", "p50", "p95", "p99", "certificates", "errors", "wrong person"),
        [
            ("measured", *map(milliseconds, figures.values()), *_counts(answers, wrong)),
            ("target", "<= 60", "", "<= 250", "", "0", "0"),
        ],
        ("Client and service share the machine.",),
        {**figures, "certificates": len(answers.taken), "errors": dict(answers.errors), "wrong": wrong},
    )


def _throughput(answers: Answers, wrong: int) -> Table:
    rate = len(answers.taken) / answers.seconds
    return Table(
        f"service: {_IN_FLIGHT} in flight",
        ("", "certificates/s", "p50 ms", "p99 ms", "certificates", "errors", "wrong person"),
        [
            (
                "measured",
                f"{rate:.1f}",
                *(milliseconds(percentile(answers.taken, percent)) for percent in (50, 99)),
                *_counts(answers, wrong),
            ),
            ("target", ">= 60", "", "", "", "0", "0"),
        ],
        ("Every PDF was read by pypdfium2 afterwards: it names this resident's household and nobody else's.",),
        {"per_second": rate, "certificates": len(answers.taken), "errors": dict(answers.errors), "wrong": wrong},
    )


def _counts(answers: Answers, wrong: int) -> tuple[str, str, str]:
    told = ", ".join(f"{number} {code}" for code, number in answers.errors.items())
    return str(len(answers.taken)), told or "0", str(wrong)


def _costs(steps: dict[str, float], certificates: int) -> Table:
    rows = [(name, milliseconds(seconds / max(1, certificates))) for name, seconds in steps.items()]
    notes = () if rows else ("The service counts no steps.",)
    return Table("service: mean milliseconds of each step, under full load", ("step", "ms"), rows, notes, steps)


async def _steps(service: Service) -> dict[str, float]:
    """Seconds of each step so far."""
    async with aiohttp.ClientSession() as session, session.get(f"{service.ops_url}/metrics") as answer:
        text = await answer.text()
    samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
    return {sample.labels["step"]: sample.value for sample in samples if sample.name == "kiosk_step_seconds_sum"}
