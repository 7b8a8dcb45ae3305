"""Whether a larger city makes a certificate slower: one at a time, on services of each size in turns."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack, ExitStack
from typing import Final

from tests.bench.components import seconds_by_component
from tests.bench.driver import warm_driver
from tests.bench.figures import Table, milliseconds, percentile
from tests.system.running import Service, running_service

_SIZES: Final = (3_000, 150_000)
_QUICK_SIZES: Final = (3_000, 15_000)
_MILLION: Final = 1_000_000
_SAMPLES: Final = 300
_TURNS, _QUICK_TURNS = 12, 2
_IN_A_TURN: Final = 50
_WARM_UP: Final = 100


def measure(quick: bool, *, million: bool = False) -> list[Table]:  # noqa: FBT001 - as every part of the bench
    """One row for each size."""
    sizes = (*(_QUICK_SIZES if quick else _SIZES), *((_MILLION,) if million else ()))
    with ExitStack() as stack:
        services = [stack.enter_context(running_service(residents, _SAMPLES)) for residents in sizes]
        measured = asyncio.run(_in_turns(services, _QUICK_TURNS if quick else _TURNS))
    rows, results = [], {}
    for residents, (taken, cost) in zip(sizes, measured, strict=True):
        figures = {f"p{percent}": percentile(taken, percent) for percent in (50, 99)}
        rows.append((f"{residents:,}", *map(milliseconds, figures.values()), milliseconds(cost)))
        results[residents] = {**figures, "cpu_seconds": cost}
    columns = ("residents", "p50 ms", "p99 ms", "CPU ms, all processes")
    note = "All services run at once and are asked in turns: whatever else the machine does meets them alike."
    return [Table("growth: one certificate at a time", columns, rows, (note,), results)]


async def _in_turns(services: Sequence[Service], turns: int) -> list[tuple[list[float], float]]:
    """Of each service the seconds of its certificates, and the seconds of processor time of the installation for one."""
    async with AsyncExitStack() as stack:
        drivers = [await stack.enter_async_context(warm_driver(service, 1, _WARM_UP)) for service in services]
        taken: list[list[float]] = [[] for _ in services]
        spent = [0.0 for _ in services]
        for _ in range(turns):
            for order, (service, driver) in enumerate(zip(services, drivers, strict=True)):
                before = sum(seconds_by_component(service.pid).values())
                answers = await driver.in_flight(1, 600, _IN_A_TURN)
                spent[order] += sum(seconds_by_component(service.pid).values()) - before
                assert not answers.errors, answers.errors
                taken[order] += answers.taken
    return [(one, seconds / len(one)) for one, seconds in zip(taken, spent, strict=True)]
