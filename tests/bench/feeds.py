"""Files of other registers: a full file of every seal and of every resident, one of which little changed, and a difference, to the commit that
makes them visible; then what is held beside what the files said."""

import asyncio
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import asyncpg

from sync.feeds import apply_file
from sync.feeds.layout_table import LayoutTable
from sync.feeds.said_comparing import COMPARED, FedReconciler
from tests.bench.cluster import bench_cluster
from tests.bench.components import seconds_by_component
from tests.bench.figures import Table
from tests.bench.processor import peak
from tests.servers import MigratedCluster
from tests.sync.feeds.rows import seal_row
from tests.sync.feeds.tables import example
from tests.sync.feeds.written import file
from tests.sync.registry_rows import CITY
from tests.sync.resident_source import Resident, ResidentSource

_ROWS: Final = 150_000
_QUICK: Final = 15_000
_CHANGED: Final = 1_000
_FULL_SECONDS: Final = 30
_DIFFERENCE_SECONDS: Final = 1
_FULL: Final = "1"
_DIFFERENCE: Final = "2"
_EQUAL_SECONDS: Final = 5
_DIFFERENT_SECONDS: Final = 8
_DAMAGE: Final = (
    "UPDATE issuance.resident_record SET address = address || '改' WHERE person_number IN "
    "(SELECT person_number FROM issuance.resident_record ORDER BY person_number LIMIT $1)"
)
_MEMBERS: Final = 3
_LOOKS_EVERY: Final = 0.05
_NOW: Final = datetime(2026, 11, 30, tzinfo=UTC)


def measure(quick: bool, *, sizes: Sequence[int] = ()) -> list[Table]:  # noqa: FBT001 - as every part of the bench
    """A table for each size: seconds of each file, of the processor (ours, and with PostgreSQL), how many records changed."""
    notes = (
        "Seals: CSV in CP932, read by its layout table; residents: our own form. PostgreSQL on the same cores. Targets are for 150,000.",
    )
    columns = ("file", "seconds", "target", "our processor", "with PostgreSQL", "changed or differing")
    tables = []
    for size in sizes or (_QUICK if quick else _ROWS,):
        with tempfile.TemporaryDirectory(prefix="kiosk-bench-") as directory, bench_cluster() as cluster:
            rows = asyncio.run(_measure(cluster, Path(directory) / "file", size))
        tables.append(Table(f"feeds: {size:,} of each", columns, rows, notes, rows))
    return tables


@dataclass(slots=True)
class _Inbox:
    """Has one file after the other taken."""

    connection: asyncpg.Connection
    path: Path
    dsn: str

    async def taken(self, name: str, target: int, table: LayoutTable | None = None) -> tuple[str, ...]:
        async def applied() -> int:
            with self.path.open("rb") as stream:
                return (await apply_file(self.connection, CITY, stream, _NOW, table)).changed

        return await _row(name, target, applied)


async def _row(name: str, target: int, work: Callable[[], Awaitable[int]]) -> tuple[str, ...]:
    wall, ours, everybodys = time.perf_counter(), time.process_time(), _processor()
    count = await work()
    wall, ours, everybodys = time.perf_counter() - wall, time.process_time() - ours, _processor() - everybodys
    return (name, f"{wall:.2f}", f"<= {target}", f"{ours:.2f}", f"{everybodys:.2f}", f"{count:,}")


def _processor() -> float:
    return sum(seconds_by_component(os.getpid()).values())


async def _measure(cluster: MigratedCluster, path: Path, count: int) -> list[tuple[str, ...]]:
    async with cluster.database() as database:
        inbox = _Inbox(await database.connect("sync"), path, database.dsn("sync"))
        admin = await database.connect("postgres", CITY)
        # A million images would be written for nothing: what is asked of a million is asked of the residents.
        seals = [] if count > _ROWS else await _seals(inbox, count)
        return [*seals, *await _residents(inbox, count), *await _said(inbox, admin)]


async def _said(inbox: _Inbox, admin: asyncpg.Connection) -> list[tuple[str, ...]]:
    """Everybody, one part, and everybody while a thousand differ."""
    reconciler, residents = FedReconciler(inbox.connection, CITY, lambda: _NOW), COMPARED["resident"]

    async def whole() -> int:
        return len((await reconciler.whole(residents)).differences)

    async def part() -> int:
        return len((await reconciler.part(residents, 0)).differences)

    rows = [await _row("residents beside what was said: equal", _EQUAL_SECONDS, whole)]
    rows.append(await _row("residents beside what was said: one part", _EQUAL_SECONDS, part))
    await admin.execute(_DAMAGE, _CHANGED)
    rows.append(await _row(f"residents beside what was said: {_CHANGED:,} differ", _DIFFERENT_SECONDS, whole))
    return rows


async def _seals(inbox: _Inbox, count: int) -> list[tuple[str, ...]]:
    table, changed = example("seal"), range(_CHANGED)

    async def timed(
        number: int, name: str, target: int, kind: str, rows: Iterable[Mapping[str, str]]
    ) -> tuple[str, ...]:
        as_of = f"202611{20 + number}000000"
        head = {"layout": kind, "municipality_code": CITY, "file_number": str(number), "as_of": as_of}
        inbox.path.write_bytes(file(table, head, list(rows)))
        return await inbox.taken(f"seals: {name}", target, table)

    other = (_seal(place, place in changed) for place in range(count))
    return [
        await timed(0, "full, the first", _FULL_SECONDS, _FULL, map(_seal, range(count))),
        await timed(1, f"full, {_CHANGED:,} changed", _FULL_SECONDS, _FULL, other),
        await timed(2, f"difference of {_CHANGED:,}", _DIFFERENCE_SECONDS, _DIFFERENCE, map(_change, changed)),
    ]


async def _residents(inbox: _Inbox, count: int) -> list[tuple[str, ...]]:
    source = ResidentSource()
    _write_full(inbox.path, source, (_resident(place) for place in range(count)))
    rows = [await inbox.taken("residents: full, the first", _FULL_SECONDS)]
    source.number += 1
    changed = range(0, _CHANGED * _MEMBERS, _MEMBERS)
    one = ({"furigana": "イ"} if place in changed else {} for place in range(count))
    _write_full(inbox.path, source, (_resident(place, **items) for place, items in enumerate(one)))
    rows.append(await inbox.taken(f"residents: full, {_CHANGED:,} changed", _FULL_SECONDS))
    rows.append(await asyncio.to_thread(_memory, inbox))
    inbox.path.write_bytes(source.set(*(_resident(place, furigana="ロ") for place in changed)))
    rows.append(await inbox.taken(f"residents: difference of {_CHANGED:,}", _DIFFERENCE_SECONDS))
    return rows


def _write_full(path: Path, source: ResidentSource, residents: Iterable[Resident]) -> None:
    """Line by line: a million of them would not fit beside what is measured."""
    head = f"H,kiosk-resident-full,1,{CITY},{source.number},{source.as_of.isoformat()}\n".encode()
    digest, count = hashlib.sha256(head), 0
    with path.open("wb") as file:
        file.write(head)
        for count, one in enumerate(residents, 1):  # noqa: B007 - how many there were
            line = f"D,set,{one.person_number},{','.join(one.texts())}\n".encode()
            digest.update(line)
            file.write(line)
        file.write(f"T,{count},{digest.hexdigest()}\n".encode())


def _memory(inbox: _Inbox) -> tuple[str, ...]:
    """What `kiosk feed apply` holds at most while it reads the same file again: a process of its own, as nothing else was in."""
    kiosk = (sys.executable, "-m", "kiosk_server.cli", "feed", "apply", str(inbox.path))
    where = ("--database-url", inbox.dsn, "--municipality-code", CITY)
    process = subprocess.Popen((*kiosk, *where), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    most = 0.0
    while process.poll() is None:
        # What the system tells of one that has ended begins with what this process held when it was started.
        with suppress(OSError, IndexError):
            most = max(most, peak(process.pid))
        time.sleep(_LOOKS_EVERY)
    assert process.returncode == 0
    return ("residents: memory of the program", "-", "<= 300 MB", "-", "-", f"{most:.0f} MB")


def _resident(place: int, **items: str) -> Resident:
    household, order = divmod(place, _MEMBERS)
    return Resident(f"{place:010}", f"{household}", order + 1).changed(**items)


def _seal(place: int, is_changed: bool = False) -> Mapping[str, str]:  # noqa: FBT001, FBT002 - a row of a table
    number = f"{place:010}"
    other = {"name": "足利　花子"} if is_changed else {}
    return seal_row("1", person_number=number, registration_number=f"A-{place}", **other)


def _change(place: int) -> Mapping[str, str]:
    return {**_seal(place), "action": "2", "name": "佐野　花子"}
