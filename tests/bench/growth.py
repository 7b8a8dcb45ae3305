"""Whether a larger city makes a certificate slower: one at a time, on a service of each size."""

import asyncio
import time
from typing import Final

from tests.bench.components import seconds_by_component
from tests.bench.driver import warm_driver
from tests.bench.figures import Table, milliseconds, percentile
from tests.system.running import Service, running_service

_SIZES: Final = (3_000, 150_000)
_QUICK_SIZES: Final = (3_000, 15_000)
_MILLION: Final = 1_000_000
_SAMPLES: Final = 300
_CERTIFICATES: Final = 600
_QUICK_CERTIFICATES: Final = 100
_WARM_UP: Final = 100


def measure(quick: bool, *, million: bool = False) -> list[Table]:  # noqa: FBT001 - as every part of the bench
    """One row for each size."""
    sizes = (*(_QUICK_SIZES if quick else _SIZES), *((_MILLION,) if million else ()))
    rows, results = [], {}
    for residents in sizes:
        began = time.monotonic()
        with running_service(residents, _SAMPLES) as service:
            up = time.monotonic() - began
            taken, cost = asyncio.run(_one_at_a_time(service, _QUICK_CERTIFICATES if quick else _CERTIFICATES))
        figures = {f"p{percent}": percentile(taken, percent) for percent in (50, 99)}
        rows.append((f"{residents:,}", *map(milliseconds, figures.values()), milliseconds(cost), f"{up:.0f}"))
        results[residents] = {**figures, "cpu_seconds": cost, "seconds_to_start": up}
    columns = ("residents", "p50 ms", "p99 ms", "CPU ms, all processes", "s from nothing to ready")
    return [Table("growth: one certificate at a time", columns, rows, (), results)]


async def _one_at_a_time(service: Service, number: int) -> tuple[list[float], float]:
    """Seconds of each, and seconds of processor time of the installation for each."""
    async with warm_driver(service, 1, _WARM_UP) as driver:
        before = sum(seconds_by_component(service.pid).values())
        answers = await driver.in_flight(1, 600, number)
        spent = sum(seconds_by_component(service.pid).values()) - before
    assert not answers.errors, answers.errors
    return answers.taken, spent / len(answers.taken)
