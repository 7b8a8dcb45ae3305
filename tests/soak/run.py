"""One soak: a warm-up, then load and trouble together, then a look at what is left."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import asyncpg

from tests.soak.accidents import Accidents
from tests.soak.books import books_in_order
from tests.soak.findings import Findings
from tests.soak.focus import Focus
from tests.soak.footprint import Footprints, footprints
from tests.soak.insisting import Insisting
from tests.soak.judge import Judge, Stops
from tests.soak.register import Register
from tests.soak.traffic import Kiosks, Traffic
from tests.system.asking import Asking
from tests.system.clerk import clerk_of
from tests.system.installation import Installation
from tests.system.running import Sample

_QUIET_SECONDS: Final = 3.0

Tell = Callable[[Findings, float], None]
"""Told how it stands, with the seconds since the load began, about once a second."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Seconds and rates; `events` of the register a second, `accident_every` so many seconds."""

    seconds: float
    per_second: float
    residents: tuple[Sample, ...] = field(repr=False)
    warm_up_seconds: float = 20.0
    events: float = 1.0
    accident_every: float = 12.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """What was found, and what the processes held at start and end."""

    findings: Findings
    begin: Footprints
    end: Footprints


@dataclass(frozen=True, slots=True)
class _Stage:
    installation: Installation
    plan: Plan
    findings: Findings
    judge: Judge
    insisting: Insisting
    rng: random.Random
    focus: Focus = field(default_factory=Focus)


async def soak(installation: Installation, plan: Plan, tell: Tell) -> Result:
    """Run it all, and return what was found."""
    rng, findings, stops = random.Random(plan.seed), Findings(), Stops()
    books = await installation.administrator()
    try:
        async with clerk_of(installation) as clerk:
            judge = Judge(books, clerk, stops, findings)
            stage = _Stage(installation, plan, findings, judge, Insisting(installation.centres, findings, rng), rng)
            judging = asyncio.create_task(judge.work())
            begin = await _warm_up(stage, books)
            await _under_load(stage, Register(clerk, stops, stage.focus, findings, rng), tell)
            await judge.finish()
            judging.cancel()
            await asyncio.sleep(_QUIET_SECONDS)
            findings.wrong += await books_in_order(installation, books, stage.insisting.refused_for_good)
            return Result(findings, begin, await footprints(installation, books))
    finally:
        await books.close()


async def _warm_up(stage: _Stage, books: asyncpg.Connection) -> Footprints:
    """Load alone until caches and pools are what they will be; then measure in the quiet after it."""
    async with _traffic(stage) as traffic:
        await traffic.at_a_rate(stage.plan.per_second, stage.plan.warm_up_seconds, stage.plan.residents)
    await stage.judge.finish()
    stage.findings.taken.clear()
    await asyncio.sleep(_QUIET_SECONDS)
    return await footprints(stage.installation, books)


async def _under_load(stage: _Stage, register: Register, tell: Tell) -> None:
    over = asyncio.Event()
    async with _traffic(stage) as traffic, asyncio.TaskGroup() as troubles:
        troubles.create_task(register.work(stage.plan.events, over))
        troubles.create_task(
            Accidents(stage.installation, stage.findings, stage.rng).work(stage.plan.accident_every, over)
        )
        telling = troubles.create_task(_tell_on(stage.findings, tell))
        try:
            await traffic.at_a_rate(stage.plan.per_second, stage.plan.seconds, stage.plan.residents)
        finally:
            over.set()
            telling.cancel()


async def _tell_on(findings: Findings, tell: Tell) -> None:
    now = asyncio.get_running_loop().time
    began = now()
    while True:
        tell(findings, now() - began)
        await asyncio.sleep(1)


@asynccontextmanager
async def _traffic(stage: _Stage) -> AsyncIterator[Traffic]:
    async with (
        Asking(stage.installation, "centre") as shops,
        Asking(stage.installation, "terminal") as terminals,
    ):
        yield Traffic(Kiosks(shops, terminals, stage.focus), stage.insisting, stage.judge, stage.findings, stage.rng)
