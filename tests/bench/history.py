"""What the tamper-evident log costs: in the transactions of one certificate, and to the batcher, in one run."""

import asyncio
import statistics
from time import perf_counter
from typing import Final

from civil.clock import utc_now
from issuance_db.log.verifying import Outside, verify
from tests.bench.cluster import bench_cluster
from tests.bench.figures import Table, milliseconds, percentile
from tests.history_log.books import CITY, LOG, Books, batcher
from tests.servers import Database, MigratedCluster

_ROUNDS: Final = 600
_QUICK_ROUNDS: Final = 100
_SETTINGS: Final = {"shared_buffers": "128MB"}
_TRIGGERS_OFF: Final = """
ALTER TABLE history.transition DISABLE TRIGGER entered;
ALTER TABLE history.issuance DISABLE TRIGGER entered;
ALTER TABLE history.issuance_subject DISABLE TRIGGER entered;
ALTER TABLE history.outcome DISABLE TRIGGER entered;
"""


def measure(quick: bool) -> list[Table]:  # noqa: FBT001 - one switch of the command line
    """One table: the books of one certificate without and with the log, in turns, and the batcher's rate."""
    with bench_cluster(_SETTINGS) as cluster:
        return [asyncio.run(_measure(cluster, _QUICK_ROUNDS if quick else _ROUNDS))]


async def _measure(cluster: MigratedCluster, rounds: int) -> Table:
    async with cluster.database() as plain, cluster.database() as logged:
        without, with_log = await _books(plain), await _books(logged)
        await without.front.execute(_TRIGGERS_OFF)
        before, now = [], []
        for _ in range(rounds):
            before.append(await _timed(without))
            now.append(await _timed(with_log))
        started = perf_counter()
        leaves = (await (await batcher(logged, most_rows=1_000_000)).batch()).added
        batched = perf_counter() - started
        started = perf_counter()
        reader = await logged.connect("fsck")
        async with reader.transaction(isolation="repeatable_read", readonly=True):
            verified = await verify(reader, CITY, Outside((), (LOG.verifier,)), now=utc_now())
        assert not verified.findings
        return _table(before, now, leaves / batched, verified.rows / (perf_counter() - started))


async def _books(database: Database) -> Books:
    # Both with the same rights, so that nothing but the log differs.
    front = await database.connect("postgres", CITY)
    await front.execute("INSERT INTO shared.installation (marker) VALUES ('demo')")
    return Books(front)


async def _timed(books: Books) -> float:
    started = perf_counter()
    await books.issue()
    return perf_counter() - started


def _table(before: list[float], now: list[float], leaves_per_second: float, verified_per_second: float) -> Table:
    medians = statistics.median(before), statistics.median(now)
    rows = [
        (name, milliseconds(min(times)), milliseconds(statistics.median(times)), milliseconds(percentile(times, 95)))
        for name, times in (("without the log", before), ("with the log", now))
    ]
    return Table(
        "The books of one certificate: acceptance to outcome, 8 history rows, 2 commits, no paper (ms)",
        ("", "least", "p50", "p95"),
        rows,
        (
            f"ratio of the medians {medians[1] / medians[0]:.2f}, of the least {min(now) / min(before):.2f}",
            "the least tells what the work costs where other programs load the machine",
            f"the batcher, from rows to a signed checkpoint: {leaves_per_second:,.0f} leaves/s",
            f"kiosk log verify, everything recomputed: {verified_per_second:,.0f} rows/s",
        ),
        {
            "least_ms": [min(before) * 1000, min(now) * 1000],
            "before_ms": medians[0] * 1000,
            "now_ms": medians[1] * 1000,
            "leaves_per_second": leaves_per_second,
            "verified_per_second": verified_per_second,
        },
    )
