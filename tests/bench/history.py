"""What the tamper-evident log costs: in the transactions of one certificate, and to the batcher, in one run."""

import asyncio
import statistics
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Final
from unittest.mock import patch

from civil.clock import utc_now
from issuance_db import history
from issuance_db.log.verifying import Outside, verify
from kiosk_server.embedded.postgres import EmbeddedPostgres
from tests.bench.figures import Table, milliseconds, percentile
from tests.history_log.books import CITY, LOG, Books, batcher
from tests.servers import Database, MigratedCluster, migrated_cluster

_ROUNDS: Final = 600
_QUICK_ROUNDS: Final = 100
_SETTINGS: Final = {"shared_buffers": "128MB"}
# As it was: numbered, salted and chained by the program's own statement, and no entry for the log.
_STEP_BEFORE: Final = """
INSERT INTO history.transition (
    municipality_code, caller_id, call, request_id, step, state, code, issuance_number, happened_at, salt, previous_digest, digest
)
SELECT $1, $2, $3, $4, coalesce(last.step, 0) + 1, $5, $6, $7, $8, one.salt, coalesce(last.digest, ''::bytea),
    history.step_digest(
        coalesce(last.digest, ''::bytea), one.salt, ARRAY[$1, $2, $3, $4], coalesce(last.step, 0) + 1, $5, $6, $7, $8
    )
FROM (SELECT uuid_send(gen_random_uuid()) AS salt OFFSET 0) AS one
LEFT JOIN LATERAL (
    SELECT t.step, t.digest FROM history.transition AS t
    WHERE t.municipality_code = $1 AND t.caller_id = $2 AND t.call = $3 AND t.request_id = $4
    ORDER BY t.step DESC LIMIT 1
) AS last ON true
"""
_TRIGGERS_OFF: Final = """
ALTER TABLE history.transition DISABLE TRIGGER chained;
ALTER TABLE history.transition DISABLE TRIGGER entered;
ALTER TABLE history.issuance DISABLE TRIGGER entered;
ALTER TABLE history.issuance_subject DISABLE TRIGGER entered;
ALTER TABLE history.outcome DISABLE TRIGGER entered;
"""


def measure(quick: bool) -> list[Table]:  # noqa: FBT001 - one switch of the command line
    """One table: the books of one certificate without and with the log, in turns, and the batcher's rate."""
    with (
        tempfile.TemporaryDirectory(prefix="kiosk-bench-") as place,
        EmbeddedPostgres(Path(place) / "postgres", settings=_SETTINGS) as server,
    ):
        cluster = migrated_cluster(server.address)
        return [asyncio.run(_measure(cluster, _QUICK_ROUNDS if quick else _ROUNDS))]


async def _measure(cluster: MigratedCluster, rounds: int) -> Table:
    async with cluster.database() as plain, cluster.database() as logged:
        without, with_log = await _books(plain), await _books(logged)
        await without.front.execute(_TRIGGERS_OFF)
        before, now = [], []
        before_statements = {**history._SQL, "step": _STEP_BEFORE}
        for _ in range(rounds):
            with patch.object(history, "_SQL", before_statements):
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
