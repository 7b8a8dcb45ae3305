"""Searches of the staff console over a history of ten million requests: the first page of each kind of question."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from time import perf_counter
from typing import Final

import asyncpg

from civil.sql import load
from issuance_db.database import Database as CityDatabase
from issuance_db.history_search import Criteria, Place, find_requests
from tests.bench.cluster import bench_cluster
from tests.bench.figures import Table, milliseconds, percentile
from tests.servers import Database, MigratedCluster

_SQL: Final = load("tests.bench", "search.sql")
CITY: Final = "092029"
_ROWS: Final = 10_000_000
_QUICK_ROWS: Final = 100_000
_PART: Final = 250_000
_TIMES: Final = 40
_FIRST: Final = datetime(2018, 12, 31, 15, tzinfo=UTC)
_EVERY: Final = timedelta(seconds=9)
_A_PAGE: Final = 51
_WANTED_SECONDS: Final = 0.2
_SETTINGS: Final = {
    "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "8GB", "wal_level": "minimal",
    "max_wal_senders": "0", "shared_buffers": "1GB", "maintenance_work_mem": "512MB", "autovacuum": "off",
}  # fmt: skip


def measure(quick: bool) -> list[Table]:  # noqa: FBT001 - one switch of the command line
    """One table: the median and the 95th percentile of the first page, by question."""
    rows = _QUICK_ROWS if quick else _ROWS
    with bench_cluster(_SETTINGS) as cluster:
        return [asyncio.run(_measure(cluster, rows))]


async def _measure(cluster: MigratedCluster, rows: int) -> Table:
    async with cluster.database() as database:
        started = perf_counter()
        await _fill(await database.connect(), rows)
        filled = perf_counter() - started
        size = await (await database.connect()).fetchval("SELECT pg_size_pretty(pg_database_size(current_database()))")
        return _table(rows, filled, size, await _asked(database, rows))


async def _fill(admin: asyncpg.Connection, rows: int) -> None:
    # Triggers would chain ten million steps: what is measured is reading.
    await admin.execute("SET session_replication_role = replica")
    for first in range(1, rows + 1, _PART):
        await admin.execute(_SQL["requests"], CITY, first, min(first + _PART - 1, rows))
    await admin.execute(_SQL["range_index"])
    for name in ("intents", "issuances", "subjects", "outcomes"):
        for first in range(1, rows + 1, _PART):
            await admin.execute(_SQL[name], CITY, first, min(first + _PART - 1, rows))
    await admin.execute(_SQL["range_index_gone"])
    await admin.execute("VACUUM ANALYZE")


async def _asked(database: Database, rows: int) -> Mapping[str, list[float]]:
    times: dict[str, list[float]] = {}
    async with CityDatabase.open(database.dsn("staff"), max_size=1) as city:
        for _ in range(_TIMES):
            for question, criteria, after in _questions(Random(len(times.get("latest", ()))), rows):
                started = perf_counter()
                async with city.city(CITY) as connection:
                    found = await find_requests(connection, CITY, criteria, after, _A_PAGE)
                times.setdefault(question, []).append(perf_counter() - started)
                assert found or question == "terminal", question
    return times


def _questions(random: Random, rows: int) -> Iterator[tuple[str, Criteria, Place | None]]:
    number = random.randrange(1, rows) // 40 * 40 + 1
    at = _FIRST + number * _EVERY
    yield "latest", Criteria(), None
    yield "a page far back", Criteria(), Place(at + _EVERY, "r")
    yield "issuance number", Criteria(whose="of_number", number=f"n{number:010}"), None
    yield "resident", Criteria(whose="of_person", number=f"{number * 7919 % 150_000:010}"), None
    yield "household", Criteria(whose="of_household", number=f"{number * 7919 % 150_000 // 3:010}"), None
    yield "day and kind", Criteria(since=at, until=at + timedelta(days=1), kind="tax_income"), None
    yield "kind", Criteria(kind="koseki_full"), None
    yield "refused", Criteria(state="refused"), None
    week = _FIRST + rows * _EVERY - timedelta(days=7)
    yield "failed prints of a week", Criteria(outcome="failed", since=week), None
    yield "unreported of a week", Criteria(outcome="unknown", since=week), None
    chain, shop = f"chain-{number % 12}", f"shop-{number * 2_654_435_761 % 55_000}"
    yield "shop chain", Criteria(terminal_operator=chain), None
    yield "shop", Criteria(terminal_operator=chain, terminal_store=shop), None
    yield "terminal", Criteria(terminal_operator=chain, terminal_store=shop, terminal_id=f"t{number % 3}"), None


def _table(rows: int, filled: float, size: str, times: Mapping[str, list[float]]) -> Table:
    figures = {question: (percentile(of, 50), percentile(of, 95)) for question, of in times.items()}
    return Table(
        f"First page of a search over {rows:,} requests ({size}), ms; wanted: {milliseconds(_WANTED_SECONDS)} at p95",
        ("question", "p50", "p95"),
        [(question, milliseconds(half), milliseconds(high)) for question, (half, high) in figures.items()],
        notes=(f"{_TIMES} of each; filled in {filled:.0f} s",),
        results={"rows": rows, "seconds": figures},
    )
