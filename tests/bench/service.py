"""The whole service over mutual TLS from one client: at growing rates until it bends, a rush, and as much as it gives."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from tests.bench.answers import Answers
from tests.bench.components import FRONT, PAPER, most_mebibytes, seconds_by_component
from tests.bench.curve import curve
from tests.bench.driver import Driver, warm_driver
from tests.bench.figures import Table, milliseconds, percentile
from tests.system.running import Service, running_service

_RESIDENTS: Final = 3_000
_SAMPLES: Final = 1_200
"""Enough that nobody asks more often than the request limit lets them: 20 times a minute."""
_RATES: Final = (10, 20, 50, 75, 100, 125, 150, 200, 250, 300, 400)
_QUICK_RATES: Final = (10, 20, 50, 100, 150)
_BENT_SECONDS: Final = 1.0
"""Half the requests take longer: faster it is not, only fuller."""
_RUSH: Final = 400
_IN_FLIGHT: Final = 24
_SECONDS: Final = 20
_QUICK_SECONDS: Final = 5
_WARM_UP: Final = 200
_MOST_ANSWERS: Final = 12_000
_LIMIT_MS: Final = 60


@dataclass(frozen=True, slots=True)
class Run:
    """What one run gave: its answers' figures, wrong persons counted, the PDFs forgotten."""

    rate: int
    seconds: float
    taken: tuple[float, ...]
    errors: Mapping[str, int]
    wrong: int

    @property
    def per_second(self) -> float:
        """Certificates."""
        return len(self.taken) / self.seconds

    @property
    def results(self) -> dict[str, object]:
        """For the results file; seconds."""
        parts = {f"p{percent}": percentile(self.taken, percent) for percent in (50, 95, 99)}
        told = {"asked_per_second": self.rate, "certificates": len(self.taken), "per_second": self.per_second}
        return {**told, **parts, "errors": dict(self.errors), "wrong": self.wrong}

    def row(self, name: str) -> tuple[str, ...]:
        """Name, certificates a second, percentiles, counts."""
        times = (milliseconds(percentile(self.taken, percent)) for percent in (50, 95, 99))
        errors = ", ".join(f"{number} {code}" for code, number in self.errors.items()) or "0"
        return name, f"{self.per_second:.1f}", *times, str(len(self.taken)), errors, str(self.wrong)


_COLUMNS: Final = ("", "certificates/s", "p50 ms", "p95 ms", "p99 ms", "certificates", "errors", "wrong person")


def measure(quick: bool, *, workers: int = 1) -> list[Table]:  # noqa: FBT001 - one switch of the command line
    """The curve, a rush, as much as it gives, what that costs by component and by step, and memory."""
    with running_service(_RESIDENTS, _SAMPLES, workers=workers) as service:
        return asyncio.run(_measure(service, workers, quick=quick))


async def _measure(service: Service, workers: int, *, quick: bool) -> list[Table]:
    seconds = _QUICK_SECONDS if quick else _SECONDS
    async with warm_driver(service, _IN_FLIGHT, _WARM_UP) as driver:
        runs = await _curve(driver, service, _QUICK_RATES if quick else _RATES, seconds)
        rush = _looked_at(_RUSH, await driver.at_a_rate(_RUSH, 1), service)
        before, spent = await _steps(service), seconds_by_component(service.pid)
        own = time.process_time()
        answers = await driver.in_flight(_IN_FLIGHT, seconds, _MOST_ANSWERS)
        own = time.process_time() - own
        spent = {name: after - spent.get(name, 0) for name, after in seconds_by_component(service.pid).items()}
        steps = {step: after - before.get(step, 0) for step, after in (await _steps(service)).items()}
        memory = most_mebibytes(service.pid)
        full = _looked_at(_IN_FLIGHT, answers, service)
    return [
        _curve_table(runs, workers),
        _full_table(rush, full),
        _cost_table({**spent, "the client": own}, len(full.taken)),
        _step_table(steps, len(full.taken)),
        _memory_table(memory),
    ]


async def _curve(driver: Driver, service: Service, rates: Sequence[int], seconds: float) -> list[Run]:
    runs: list[Run] = []
    for rate in rates:
        runs.append(_looked_at(rate, await driver.at_a_rate(rate, seconds), service))
        if runs[-1].errors or percentile(runs[-1].taken, 50) > _BENT_SECONDS:
            break
    return runs


def _looked_at(rate: int, answers: Answers, service: Service) -> Run:
    """Every PDF read by a library that did not make it; then they are let go."""
    everybody = {name for sample in service.samples for name in sample.household}
    return Run(rate, answers.seconds, tuple(answers.taken), answers.errors, answers.wrong(everybody))


def _curve_table(runs: Sequence[Run], workers: int) -> Table:
    lines = {
        f"p{percent}": [(float(run.rate), percentile(run.taken, percent) * 1000) for run in runs]
        for percent in (50, 95, 99)
    }
    return Table(
        "service: so many requests a second, whether they are answered or not; milliseconds from the planned start",
        _COLUMNS,
        [
            *(run.row(f"{run.rate}/s") for run in runs),
            ("target at 50/s", "50", "", "", f"<= {_LIMIT_MS}", "", "0", "0"),
        ],
        (f"Workers: {workers}. Client and service share the machine.",),
        [run.results for run in runs],
        curve("The whole service, open loop", lines, (f"{_LIMIT_MS} ms", _LIMIT_MS)),
    )


def _full_table(rush: Run, full: Run) -> Table:
    return Table(
        f"service: {_RUSH} in one second, then {_IN_FLIGHT} in flight all the time",
        _COLUMNS,
        [
            rush.row(f"{_RUSH} at once"),
            full.row(f"{_IN_FLIGHT} in flight"),
            ("target", ">= 150", "", "", "", "", "0", "0"),
        ],
        ("Every PDF was read by pypdfium2 afterwards: it names this resident's household and nobody else's.",),
        {"rush": rush.results, "full": full.results},
    )


def _cost_table(spent: Mapping[str, float], certificates: int) -> Table:
    each = {name: seconds / max(1, certificates) for name, seconds in sorted(spent.items(), key=lambda one: -one[1])}
    rows = [(name, milliseconds(seconds)) for name, seconds in each.items()]
    rows.append(("together", milliseconds(sum(each.values()))))
    note = "Milliseconds of processor time; less depends on what else runs than on anything in this table."
    return Table("service: what a certificate costs, under full load", ("component", "CPU ms"), rows, (note,), each)


def _step_table(steps: Mapping[str, float], certificates: int) -> Table:
    rows = [(name, milliseconds(seconds / max(1, certificates))) for name, seconds in steps.items()]
    return Table("service: mean milliseconds of each step, waiting included", ("step", "ms"), rows, (), dict(steps))


def _memory_table(memory: Mapping[str, float]) -> Table:
    rows = [(f"largest of {name}", f"{memory.get(name, 0):.0f}") for name in (FRONT, PAPER)]
    return Table(
        "service: memory after all that, MiB (PSS)", ("process", "MiB"), [*rows, ("target", "<= 150")], (), dict(memory)
    )


async def _steps(service: Service) -> Mapping[str, float]:
    """Seconds of each step so far, of all workers."""
    async with aiohttp.ClientSession() as session, session.get(f"{service.ops_url}/metrics") as answer:
        text = await answer.text()
    steps: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == "kiosk_step_seconds_sum":
                steps[sample.labels["step"]] = steps.get(sample.labels["step"], 0) + sample.value
    return steps
