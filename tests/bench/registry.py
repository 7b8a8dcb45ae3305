"""Events through the register: entry, outbox, projection. CPU of each, which tells more than time on a shared machine."""

import asyncio
import os
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import asyncpg

from civil.clock import utc_now
from civil.recorded_date import RecordedDate
from registry.residents import number_of
from sync import Projection
from tests.bench.cluster import bench_cluster
from tests.bench.figures import Table, milliseconds, percentile
from tests.registry.office import CITY, Office, days_ago, someone
from tests.servers import Database, MigratedCluster

_PEOPLE: Final = 20_000
_QUICK_PEOPLE: Final = 2_000
_EVENTS: Final = 3_000
_QUICK_EVENTS: Final = 400
_CLERKS: Final = 4
_SETTINGS: Final = {"shared_buffers": "256MB"}
_TARGET_PER_SECOND: Final = 500
_CORES: Final = 2
_TOWNS: Final = ("通二丁目", "本城三丁目", "大橋町一丁目")


@dataclass(frozen=True, slots=True)
class Spent:
    """CPU seconds of this process and of the database, and seconds of the clock."""

    program: float
    database: float
    elapsed: float

    def __sub__(self, other: "Spent") -> "Spent":
        """What was spent between two readings."""
        return Spent(self.program - other.program, self.database - other.database, self.elapsed - other.elapsed)


def measure(quick: bool) -> list[Table]:  # noqa: FBT001 - one switch of the command line
    """One table: CPU for each event in entry and projection, and how many a second that allows."""
    people, events = (_QUICK_PEOPLE, _QUICK_EVENTS) if quick else (_PEOPLE, _EVENTS)
    with bench_cluster(_SETTINGS) as cluster:
        return [asyncio.run(_measure(cluster, people, events))]


async def _measure(cluster: MigratedCluster, people: int, events: int) -> Table:
    async with cluster.database() as database:
        clerks = [Office(database, await database.connect("registry")) for _ in range(_CLERKS)]
        await clerks[0].load(*(someone(serial, household_number=number_of(serial)) for serial in range(1, people + 1)))
        await (await database.connect()).execute("ANALYZE")
        projection = Projection(database.dsn("sync"), [CITY], utc_now)
        await projection.catch_up()
        postmaster = await _postmaster(database)
        await _enter(clerks, people, range(200))
        await projection.catch_up()
        before = _spent(postmaster)
        waits = await _enter(clerks, people, range(200, 200 + events))
        entered = _spent(postmaster)
        applied = await projection.catch_up()
        projected = _spent(postmaster)
        assert applied.changed > 0
        alone = await _one_by_one(clerks[0], projection, people, events // 10)
        return _table(events, entered - before, projected - entered, waits, alone)


async def _enter(clerks: Sequence[Office], people: int, turns: range) -> list[float]:
    """Each clerk takes the next event; returns the seconds each took."""
    waiting, waits = iter(turns), []

    async def work(clerk: Office) -> None:
        for turn in waiting:
            started = time.perf_counter()
            await _event(clerk, turn, number_of(turn * 7919 % people + 1))
            waits.append(time.perf_counter() - started)

    await asyncio.gather(*(work(clerk) for clerk in clerks))
    return waits


async def _event(clerk: Office, turn: int, person: str) -> None:
    day: dict[str, Any] = {"occurred": days_ago(0)}
    if turn % 4 == 0:
        await clerk.file("MI", {person: {"name": f"見本　{turn}"}}, **day)
    elif turn % 4 == 1:
        await clerk.file("CO", {person: {"birth": RecordedDate(date(1970, 1, 1 + turn % 28))}}, **day)
    else:
        await clerk.file("MV", {person: {"address": f"栃木県足利市{_TOWNS[turn % 3]}{turn}番地"}}, **day)


async def _one_by_one(clerk: Office, projection: Projection, people: int, count: int) -> list[float]:
    """From the call that enters an event until F6 shows it, with one event at a time."""
    seconds = []
    for turn in range(count):
        started = time.perf_counter()
        await _event(clerk, turn, number_of(turn * 31 % people + 1))
        await projection.catch_up()
        seconds.append(time.perf_counter() - started)
    return seconds


async def _postmaster(database: Database) -> int:
    admin: asyncpg.Connection = await database.connect()
    backend = await admin.fetchval("SELECT pg_backend_pid()")
    return int(_stat(backend)[1])


def _stat(process: int | str) -> list[str]:
    return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()


def _spent(postmaster: int) -> Spent:
    """The CPU of this process and of every process of the database that lives, and the clock."""
    ticks = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = _stat(entry.name)
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(stat[1]) == postmaster or int(entry.name) == postmaster:
                # The postmaster's own third and fourth figure are of children that have ended.
                ticks += sum(int(value) for value in stat[11 : 15 if int(entry.name) == postmaster else 13])
    return Spent(time.process_time(), ticks / os.sysconf("SC_CLK_TCK"), time.perf_counter())


def _table(events: int, entry: Spent, projection: Spent, waits: list[float], alone: list[float]) -> Table:
    total = [part / events for part in (entry.program, entry.database, projection.program, projection.database)]
    together = sum(total)
    rows = [
        ("entry with outbox", *map(milliseconds, total[:2]), milliseconds(sum(total[:2]))),
        ("projection, in batches", *map(milliseconds, total[2:]), milliseconds(sum(total[2:]))),
        ("together", milliseconds(total[0] + total[2]), milliseconds(total[1] + total[3]), milliseconds(together)),
    ]
    return Table(
        f"registry: {events:,} events (moves, corrections) by {_CLERKS} clerks: CPU for each (ms)",
        ("", "program", "database", "both"),
        rows,
        (
            f"{_CORES / together:,.0f} events/s would fill {_CORES} cores; wanted {_TARGET_PER_SECOND}",
            (
                f"entered at {events / entry.elapsed:,.0f}/s on this machine as it was; one event "
                f"p50 {milliseconds(statistics.median(waits))} ms, p99 {milliseconds(percentile(waits, 99))} ms"
            ),
            (
                f"entered and projected one by one: p50 {milliseconds(statistics.median(alone))} ms, "
                f"p99 {milliseconds(percentile(alone, 99))} ms"
            ),
        ),
        {
            "cpu_ms": {"entry": sum(total[:2]) * 1000, "projection": sum(total[2:]) * 1000},
            "events_per_second_of_two_cores": _CORES / together,
            "entered_per_second": events / entry.elapsed,
        },
    )
