"""The issuance records of a city against its register: equal, with a thousand differences, while events flow, and beside another tool."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from typing import Final

import asyncpg

from civil.clock import utc_now
from kiosk_server.demo.city import MUNICIPALITY_CODE, generate_city, load_city
from registry.residents import RegistryKeys
from sync import Projection, Reconciler, Reconciliation
from sync.session import session
from tests.bench.cluster import bench_cluster
from tests.bench.figures import Table
from tests.bench.load import made_keys
from tests.bench.other_comparer import side_by_side
from tests.servers import Database, MigratedCluster
from tests.sync.registry_rows import Registry

_RESIDENTS: Final = 150_000
_QUICK: Final = 15_000
_SEED: Final = 20_260_401
_DIFFERENCES: Final = 1_000
_EVENTS_A_SECOND: Final = 50
_LIVELY: Final = 5_000
"""Persons to whom the events come; the others are damaged, since an event would mend them."""

_EQUAL_SECONDS: Final = 5
_DIFFERENT_SECONDS: Final = 8
_DAMAGE: Final = (
    "DELETE FROM issuance.resident_record WHERE person_number = ANY ($1)",
    "UPDATE issuance.resident_record SET address = address || '改' WHERE person_number = ANY ($1)",
    "UPDATE issuance.resident_key SET person_sequence = person_sequence + 1 WHERE person_number = ANY ($1)",
    "INSERT INTO issuance.resident_record (municipality_code, person_number, name, sex, address) SELECT shared.city(), 'x' || n, 'x', 0, 'x' FROM unnest($1::text[]) AS n",
)

_Measured = tuple[list[tuple[str, ...]], list[tuple[str, ...]], tuple[str, ...]]


def measure(quick: bool, *, sizes: Sequence[int] = ()) -> list[Table]:  # noqa: FBT001 - as every part of the bench
    """Seconds of each comparison and what it found; then ours and another comparer on the same two sides. For each of `sizes`."""
    return [table for residents in sizes or (_QUICK if quick else _RESIDENTS,) for table in _tables(residents)]


def _tables(residents: int) -> list[Table]:
    with tempfile.TemporaryDirectory(prefix="kiosk-bench-") as directory, bench_cluster() as cluster:
        rows, beside, told = asyncio.run(_measure(cluster, residents, Path(directory) / "keys"))
    notes = (
        "Both sides in PostgreSQL on the same cores; events: one person's new address each, projected meanwhile.",
        f"Targets are for {_RESIDENTS:,}.",
    )
    columns = ("what", "seconds", "processor seconds", "found")
    return [
        Table(f"reconcile: {residents:,} residents", ("what", "seconds", "target", "found"), rows, notes, rows),
        Table(f"reconcile beside reladiff: {residents:,} residents", columns, beside, told, beside),
    ]


async def _measure(cluster: MigratedCluster, residents: int, keys: Path) -> _Measured:
    async with cluster.database() as database:
        await load_city(database.dsn, generate_city(residents, _SEED), RegistryKeys.of(made_keys(keys)))
        admin = await database.connect()
        await admin.execute("SELECT set_config('kiosk.municipality', $1, false)", MUNICIPALITY_CODE)
        projection = Projection(database.dsn("sync"), [MUNICIPALITY_CODE], utc_now)
        await projection.catch_up()
        await admin.execute("ANALYZE")
        async with session(database.dsn("sync")) as connection:
            reconciler = Reconciler(connection, MUNICIPALITY_CODE, utc_now)
            rows = await _compared(database, admin, projection, reconciler)
            return rows, *await side_by_side(database, admin, reconciler, partial(_damage, admin))


async def _compared(
    database: Database, admin: asyncpg.Connection, projection: Projection, reconciler: Reconciler
) -> list[tuple[str, ...]]:
    rows = [_row("equal", _EQUAL_SECONDS, *await _timed(reconciler.whole_city()))]
    rows.append(_row("one part in 64", None, *await _timed(reconciler.next_part())))
    async with _events(database, admin, projection):
        rows.append(_row(f"equal, {_EVENTS_A_SECOND} events/s", _EQUAL_SECONDS, *await _timed(reconciler.whole_city())))
        await _damage(admin)
        name = f"{_DIFFERENCES:,} differences, {_EVENTS_A_SECOND} events/s"
        rows.append(_row(name, _DIFFERENT_SECONDS, *await _timed(reconciler.whole_city())))
    began = time.perf_counter()
    await projection.rebuild()
    rows.append(("rebuild of F6", f"{time.perf_counter() - began:.2f}", "<= 60", "-"))
    rows.append(_row("equal after it", _EQUAL_SECONDS, *await _timed(reconciler.whole_city())))
    return rows


async def _timed(comparing: Awaitable[Reconciliation]) -> tuple[float, Reconciliation]:
    began = time.perf_counter()
    done = await comparing
    return time.perf_counter() - began, done


async def _damage(admin: asyncpg.Connection) -> None:
    numbers = [
        row[0]
        for row in await admin.fetch("SELECT person_number FROM issuance.resident_record ORDER BY 1 OFFSET $1", _LIVELY)
    ]
    chosen = Random(_SEED).sample(numbers, _DIFFERENCES)
    each = _DIFFERENCES // len(_DAMAGE)
    for order, statement in enumerate(_DAMAGE):
        await admin.execute(statement, chosen[order * each : (order + 1) * each])


@asynccontextmanager
async def _events(database: Database, admin: asyncpg.Connection, projection: Projection) -> AsyncIterator[None]:
    registry = Registry(await database.connect("registry", MUNICIPALITY_CODE), MUNICIPALITY_CODE)
    numbers = [
        row[0] for row in await admin.fetch("SELECT person_number FROM registry.person WHERE in_register LIMIT 5000")
    ]
    tasks = [asyncio.create_task(projection.run()), asyncio.create_task(_live(registry, numbers))]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks)


async def _live(registry: Registry, numbers: list[str]) -> None:
    chosen, began = Random(_SEED), time.perf_counter()
    for order in count(1):
        await registry.person(chosen.choice(numbers), building=f"見本荘{order}号")
        await asyncio.sleep(max(0.0, began + order / _EVENTS_A_SECOND - time.perf_counter()))


def _row(name: str, target: int | None, seconds: float, done: Reconciliation) -> tuple[str, ...]:
    return (name, f"{seconds:.2f}", "-" if target is None else f"<= {target}", f"{len(done.differences):,}")
