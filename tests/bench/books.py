"""How long the check of the books takes on many requests: rows as the pipeline leaves them, made by statements over whole tables."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Final

import asyncpg

from civil.check_digits import modulus_11_digit
from issuance_db.fsck import Rule, check
from tests.bench.cluster import bench_cluster
from tests.bench.figures import Table, milliseconds
from tests.servers import FAST_SETTINGS, MigratedCluster

CITY: Final = "092029"
MANY: Final = 100_000
FEW: Final = 10_000
_NOW: Final = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
_SLOWEST: Final = 8

# Without triggers, which would take an hour: the steps are chained here as the database chains them.
_WRITTEN: Final = (
    """
    INSERT INTO issuance.request (municipality_code, caller_id, call, request_id, fingerprint, kind, channel, terminal_operator,
        terminal_store, terminal_id, accepted_at, deadline_at, lease_token, lease_until, state)
    SELECT shared.city(), 'centre', 'issuances', n, 'f', 'resident_record', 'centre', 'chain', 'store', '1', $2, $2, 1, $2, 'accepted'
    FROM unnest($1::text[]) AS n
    """,
    """
    INSERT INTO issuance.intent (municipality_code, issuance_number, caller_id, request_id, lease_token, kind, channel, fee_yen, instant,
        pages, snapshot_digest, state)
    SELECT shared.city(), n, 'centre', n, 1, 'resident_record', 'centre', 200, $2, 1, sha256(n::bytea), 'proposed'
    FROM unnest($1::text[]) AS n
    """,
    """
    INSERT INTO issuance.intent_subject (municipality_code, issuance_number, position, person_number, person_sequence, household_number,
        household_sequence, printed_as)
    SELECT shared.city(), n, p, right(n, 10) || p, 1, right(n, 10), 1, 'person'
    FROM unnest($1::text[]) AS n, generate_series(1, 2) AS p WHERE $2::timestamptz IS NOT NULL
    """,
    """
    UPDATE issuance.intent SET state = 'permitted', permitted_at = $2, document_digest = snapshot_digest
    WHERE issuance_number = ANY ($1::text[])
    """,
    """
    UPDATE issuance.request SET state = 'answered', result_code = 'issued', issuance_number = request_id
    WHERE request_id = ANY ($1::text[]) AND $2::timestamptz IS NOT NULL
    """,
    "UPDATE issuance.intent SET state = 'recorded', ended_at = $2 WHERE issuance_number = ANY ($1::text[])",
    """
    INSERT INTO history.issuance (municipality_code, issuance_number, caller_id, request_id, kind, channel, terminal_operator,
        terminal_store, terminal_id, fee_yen, pages, accepted_at, instant, recorded_at, snapshot_digest, document_digest, file_digest,
        file_bytes)
    SELECT shared.city(), n, 'centre', n, 'resident_record', 'centre', 'chain', 'store', '1', 200, 1, $2, $2, $2, sha256(n::bytea),
        sha256(n::bytea), sha256(n::bytea), 40000
    FROM unnest($1::text[]) AS n
    """,
    """
    INSERT INTO history.issuance_subject (municipality_code, issuance_number, position, person_number, person_sequence, household_number,
        household_sequence, printed_as, asked_by)
    SELECT shared.city(), n, p, right(n, 10) || p, 1, right(n, 10), 1, 'person', p = 1
    FROM unnest($1::text[]) AS n, generate_series(1, 2) AS p WHERE $2::timestamptz IS NOT NULL
    """,
    """
    WITH RECURSIVE step AS (
        SELECT n, 1 AS step, sha256(n::bytea) AS salt, ''::bytea AS previous_digest, history.step_digest(
            ''::bytea, sha256(n::bytea), ARRAY[shared.city(), 'centre', 'issuances', n], 1, 'accepted', NULL, NULL, $2
        ) AS digest
        FROM unnest($1::text[]) AS n
        UNION ALL
        SELECT n, step + 1, salt, digest, history.step_digest(
            digest, salt, ARRAY[shared.city(), 'centre', 'issuances', n], step + 1,
            (ARRAY['accepted', 'proposed', 'permitted', 'answered'])[step + 1], CASE step WHEN 3 THEN 'issued' END, n, $2
        )
        FROM step WHERE step < 4
    )
    INSERT INTO history.transition (municipality_code, caller_id, call, request_id, step, state, code, issuance_number, happened_at,
        salt, previous_digest, digest)
    SELECT shared.city(), 'centre', 'issuances', n, step, (ARRAY['accepted', 'proposed', 'permitted', 'answered'])[step],
        CASE step WHEN 4 THEN 'issued' END, CASE WHEN step > 1 THEN n END, $2, salt, previous_digest, digest
    FROM step
    """,
    """
    INSERT INTO history.outcome (municipality_code, issuance_number, outcome, fee_collected, occurred_at, reported_by)
    SELECT shared.city(), n, 'printed', true, $2, 'centre' FROM unnest($1::text[]) AS n
    """,
)


def measure(quick: bool) -> list[Table]:  # noqa: FBT001 - as every part of the bench
    """The whole check, and its slowest rules."""
    number = FEW if quick else MANY
    with bench_cluster(FAST_SETTINGS) as cluster:
        seconds = asyncio.run(_measure(cluster, number))
    slowest = sorted(seconds.items(), key=lambda item: -item[1])[:_SLOWEST]
    rows = [("all rules", milliseconds(sum(seconds.values())))]
    rows += [(name, milliseconds(taken)) for name, taken in slowest]
    return [Table(f"kiosk fsck on {number:,} requests, all answered", ("rule", "ms"), rows, results=seconds)]


async def _measure(cluster: MigratedCluster, number: int) -> dict[str, float]:
    async with cluster.database() as database:
        await _write(await database.connect("postgres", CITY), number)
        seconds: dict[str, float] = {}
        last = time.perf_counter()

        def told(rule: Rule) -> None:
            nonlocal last
            seconds[rule.name] = time.perf_counter() - last
            last += seconds[rule.name]

        findings = await check(await database.connect("fsck"), CITY, _NOW + timedelta(hours=1), progress=told)
        if findings:
            message = f"books of the bench are not whole: {[finding.rule.name for finding in findings]}"
            raise AssertionError(message)
        return seconds


async def _write(admin: asyncpg.Connection, number: int) -> None:
    await admin.execute("INSERT INTO shared.installation (marker) VALUES ('demo')")
    await admin.execute("SELECT setval('issuance.issuance_number', $1)", number)
    numbers = [_issuance_number(running) for running in range(1, number + 1)]
    await admin.execute("SET session_replication_role = replica")
    for statement in _WRITTEN:
        await admin.execute(statement, numbers, _NOW)
    await admin.execute("ANALYZE")


def _issuance_number(running: int) -> str:
    body = f"2026112501{running:08d}"
    return f"{body[:8]}-{body[8:10]}-{body[10:]}-{modulus_11_digit(body)}"
