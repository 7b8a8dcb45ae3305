"""The initial load of a city of some size, with the first projection: processor time, and the most memory it takes."""

import asyncio
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from civil.clock import utc_now
from registry.residents import IncomingPerson, load_initial
from sync import Projection
from tests.bench.figures import Table
from tests.bench.inquiry import resident
from tests.bench.processor import Spent, forget_peak, peak, postmaster_of, spent
from tests.registry.office import CITY, KEYS, NOW, Office

_WANTED_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading and projecting cost, without what making the people did, and the most memory (MiB) of program and database."""

    people: int
    load: Spent
    projection: Spent
    program_mib: float
    database_mib: float


class _Made:
    """People one after another, as a file brings them; `seconds` is the CPU that making them took."""

    seconds = 0.0

    def people(self, number: int) -> Iterator[IncomingPerson]:
        for serial in range(1, number + 1):
            started = time.process_time()
            person = IncomingPerson(resident(serial))
            self.seconds += time.process_time() - started
            yield person


async def load_city(office: Office, people: int) -> Loaded:
    """Load an empty register as role `registry`, and project everybody."""
    postmaster = await postmaster_of(office.database)
    backend = await office.connection.fetchval("SELECT pg_backend_pid()")
    had = forget_peak(os.getpid())
    forget_peak(backend)
    made, before = _Made(), spent(postmaster)
    await load_initial(
        office.connection, CITY, made.people(people), KEYS, operator="移行", place="市民課", now=NOW
    )  # fmt: skip
    loaded = spent(postmaster)
    memory = peak(os.getpid()) - had, peak(backend)
    await (await office.database.connect()).execute("ANALYZE")
    analysed = spent(postmaster)
    await Projection(office.database.dsn("sync"), [CITY], utc_now).catch_up()
    # A process that has just ended counts once its parent has heard of it.
    await asyncio.sleep(1)
    return Loaded(
        people, loaded - before - Spent(made.seconds, 0, made.seconds), spent(postmaster) - analysed, *memory
    )  # fmt: skip


def load_table(cities: Sequence[Loaded]) -> Table:
    """One row for each size."""
    rows = [
        (
            f"{one.people:,}", f"{one.load.program:.1f}", f"{one.load.database:.1f}", f"{one.load.both / one.people * 1e6:.0f}",
            f"{one.projection.both:.1f}", f"{one.projection.both / one.people * 1e6:.0f}",
            f"{one.load.elapsed + one.projection.elapsed:.0f}", f"{one.program_mib:.0f}", f"{one.database_mib:.0f}",
        )
        for one in cities
    ]  # fmt: skip
    return Table(
        "registry: initial load and first projection by number of residents (s of CPU, unless told)",
        (
            "residents", "load: program", "database", "µs a person", "projection", "µs a person", "both by the clock",
            "MiB: program", "database",
        ),
        rows,
        (
            f"wanted of 150,000: {_WANTED_SECONDS} s",
            "memory: how much more the program took at most, and the most of the database's process, shared buffers included",
        ),
        [
            {
                "people": one.people, "load_cpu": one.load.both, "projection_cpu": one.projection.both,
                "program_mib": one.program_mib, "database_mib": one.database_mib,
            }
            for one in cities
        ],
    )  # fmt: skip
