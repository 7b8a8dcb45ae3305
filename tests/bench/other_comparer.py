"""`reladiff` on the same two sides as ours, in the same run: as they live (views), and on tables copied from them beforehand.

Its program runs in an environment of its own; nothing of it is imported.
"""

import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg

from kiosk_server.demo.city import MUNICIPALITY_CODE
from sync import Reconciler
from tests.bench.components import seconds_by_component
from tests.servers import Database

ROOT: Final = Path(__file__).parents[2]
_PLACE: Final = ROOT / ".venv" / "bench"
_LOCK: Final = ROOT / "requirements" / "bench.txt"
_SIDES: Final = {
    "register": f"SELECT person_number, items::text AS items FROM registry.register_side('{MUNICIPALITY_CODE}')",
    "record": f"SELECT person_number, items::text AS items FROM issuance.record_side('{MUNICIPALITY_CODE}')",
}


class NotInstalled(Exception):
    """The other comparer is not there, and cannot be installed."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Seconds by the clock, seconds of the processor (ours, PostgreSQL's and the program's), and how many persons differ."""

    seconds: float
    processor: float
    found: int

    def row(self, name: str, state: str) -> tuple[str, ...]:
        """Of the table."""
        return (f"{state}: {name}", f"{self.seconds:.2f}", f"{self.processor:.2f}", f"{self.found:,}")


def program(place: Path = _PLACE, lock: Path = _LOCK) -> Path:
    """Where reladiff is, installed if it was not. Raises NotInstalled, which says what went wrong."""
    installed, stamp = place / "bin" / "reladiff", place / "installed"
    if stamp.exists() and stamp.read_bytes() == lock.read_bytes():
        return installed
    locked = ("--quiet", "--require-hashes", "--only-binary", ":all:", "--requirement", str(lock))
    for command in (
        (sys.executable, "-m", "venv", "--clear", str(place)),
        (str(place / "bin" / "pip"), "install", *locked),
    ):
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode != 0:
            last = (done.stderr.strip().splitlines() or ["?"])[-1]
            raise NotInstalled(f"reladiff was not measured: it cannot be installed here ({last[:200]})")
    stamp.write_bytes(lock.read_bytes())
    return installed


async def side_by_side(
    database: Database, admin: asyncpg.Connection, reconciler: Reconciler, damage: Callable[[], Awaitable[None]]
) -> tuple[list[tuple[str, ...]], tuple[str, ...]]:
    """Rows of ours and of the other one, equal and after `damage`, and what is to be said of them."""
    try:
        other = program()
    except NotInstalled as why:
        return [], (str(why),)
    # Its sessions have to see the city, as ours do.
    await admin.execute(f"ALTER DATABASE {database.name} SET kiosk.municipality = '{MUNICIPALITY_CODE}'")
    for side, query in _SIDES.items():
        await admin.execute(f"CREATE VIEW public.bench_{side} AS {query}")
    rows = await _measured(database, admin, reconciler, other, "equal")
    await damage()
    rows += await _measured(database, admin, reconciler, other, "1,000 differ")
    return rows, ("Processor: ours, PostgreSQL's and the program's. The copying of the tables is not counted.",)


async def _measured(
    database: Database, admin: asyncpg.Connection, reconciler: Reconciler, other: Path, state: str
) -> list[tuple[str, ...]]:
    for side, query in _SIDES.items():
        await admin.execute(f"DROP TABLE IF EXISTS public.bench_{side}_copy")
        await admin.execute(f"CREATE TABLE public.bench_{side}_copy AS {query}")
        await admin.execute(f"ALTER TABLE public.bench_{side}_copy ADD PRIMARY KEY (person_number)")
    await admin.execute("ANALYZE")

    async def ours() -> int:
        return len((await reconciler.whole_city()).differences)

    async def theirs(ending: str = "") -> int:
        return _differing(other, database.dsn(), f"public.bench_register{ending}", f"public.bench_record{ending}")

    return [
        (await _taken(ours)).row("ours, as they live; looked at again, explained, held back", state),
        (await _taken(theirs)).row("reladiff, as they live (views)", state),
        (await _taken(lambda: theirs("_copy"))).row("reladiff, tables copied beforehand", state),
    ]


async def _taken(comparing: Callable[[], Awaitable[int]]) -> Compared:
    clock, processor = time.perf_counter(), _processor()
    found = await comparing()
    return Compared(time.perf_counter() - clock, _processor() - processor, found)


def _processor() -> float:
    return sum(seconds_by_component(os.getpid()).values())


def _differing(program: Path, dsn: str, left: str, right: str) -> int:
    """How many keys differ. One line for each row, a sign before it: a key of both sides comes twice."""
    command = (str(program), dsn, left, right, "-k", "person_number", "-c", "items")
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    # It ends with 0 whatever happened.
    assert " ERROR - " not in done.stderr, done.stderr
    return len({line[2:].partition(",")[0] for line in done.stdout.splitlines() if line[:2] in {"- ", "+ "}})
