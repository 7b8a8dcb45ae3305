"""A register of each size: its initial load, then events through entry, outbox and projection. CPU of each, which tells more than time on a shared machine."""

import asyncio
import statistics
import time
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from civil.clock import utc_now
from civil.recorded_date import RecordedDate
from registry.residents import number_of
from sync import Projection
from tests.bench.cluster import bench_cluster
from tests.bench.figures import Table, milliseconds, percentile
from tests.bench.processor import Spent, postmaster_of, spent
from tests.bench.registry_load import Loaded, load_city, load_table
from tests.registry.office import CITY, Office, days_ago
from tests.servers import MigratedCluster

_PEOPLE: Final = (20_000, 150_000)
_QUICK_PEOPLE: Final = (2_000,)
_EVENTS: Final = 3_000
_QUICK_EVENTS: Final = 400
_CLERKS: Final = 4
_SETTINGS: Final = {"shared_buffers": "256MB"}
_TARGET_PER_SECOND: Final = 500
_CORES: Final = 2
_TOWNS: Final = ("通二丁目", "本城三丁目", "大橋町一丁目")


def measure(quick: bool, sizes: Sequence[int] = ()) -> list[Table]:  # noqa: FBT001 - one switch of the command line
    """What loading costs by number of residents; and for each, CPU for each event in entry and projection, and how many a second that allows."""
    sizes, events = sizes or (_QUICK_PEOPLE if quick else _PEOPLE), _QUICK_EVENTS if quick else _EVENTS
    with bench_cluster(_SETTINGS) as cluster:
        measured = [asyncio.run(_measure(cluster, people, events)) for people in sizes]
    return [load_table([loaded for loaded, _ in measured]), *(table for _, table in measured)]


async def _measure(cluster: MigratedCluster, people: int, events: int) -> tuple[Loaded, Table]:
    async with cluster.database() as database:
        clerks = [Office(database, await database.connect("registry")) for _ in range(_CLERKS)]
        loaded = await load_city(clerks[0], people)
        projection = Projection(database.dsn("sync"), [CITY], utc_now)
        postmaster = await postmaster_of(database)
        await _enter(clerks, people, range(200))
        await projection.catch_up()
        before = spent(postmaster)
        waits = await _enter(clerks, people, range(200, 200 + events))
        entered = spent(postmaster)
        applied = await projection.catch_up()
        projected = spent(postmaster)
        assert applied.changed > 0
        alone = await _one_by_one(clerks[0], projection, people, events // 10)
        return loaded, _table(people, events, entered - before, projected - entered, waits, alone)


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


def _table(people: int, events: int, entry: Spent, projection: Spent, waits: list[float], alone: list[float]) -> Table:
    total = [part / events for part in (entry.program, entry.database, projection.program, projection.database)]
    together = sum(total)
    rows = [
        ("entry with outbox", *map(milliseconds, total[:2]), milliseconds(sum(total[:2]))),
        ("projection, in batches", *map(milliseconds, total[2:]), milliseconds(sum(total[2:]))),
        ("together", milliseconds(total[0] + total[2]), milliseconds(total[1] + total[3]), milliseconds(together)),
    ]
    return Table(
        f"registry: {events:,} events (moves, corrections) of {people:,} residents by {_CLERKS} clerks: CPU for each (ms)",
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
            "people": people,
            "cpu_ms": {"entry": sum(total[:2]) * 1000, "projection": sum(total[2:]) * 1000},
            "events_per_second_of_two_cores": _CORES / together,
            "entered_per_second": events / entry.elapsed,
        },
    )
