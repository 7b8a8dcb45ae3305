"""How long a month of the centre's statement takes to read, to take in and to match: a million lines, each with its answer."""

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Final

import asyncpg
import psutil

from issuance_db.database import Database as CityDatabase
from kiosk_server.settling import match_day
from kiosk_server.settling.layout import DEFAULT
from kiosk_server.settling.table_file import Period, read_table
from kiosk_server.settling.taking_in import take_in
from reconcile import Finding
from tests.bench.cluster import bench_cluster
from tests.bench.figures import Table as Figures
from tests.servers import MigratedCluster

_CITY: Final = "092029"
_LINES: Final = 1_000_000
_QUICK: Final = 50_000
_DAYS: Final = 30
_MONTH: Final = Period("month", date(2026, 10, 1))
_NOW: Final = datetime(2026, 11, 2, tzinfo=UTC)
_SECONDS: Final = 60
_DIFFERENT: Final = 1_000
"""One in so many lines has another fee; one in so many answers has no report."""
_HEADINGS: Final = "発行番号,請求ID,証明書種別,事業者,店舗,端末,日時,結果,手数料"

# By statements over whole tables and without triggers, which are not what is measured.
_ANSWERS: Final = (
    """
    INSERT INTO history.issuance (municipality_code, issuance_number, caller_id, request_id, kind, channel, terminal_operator,
        terminal_store, terminal_id, fee_yen, pages, accepted_at, instant, recorded_at, snapshot_digest, document_digest, file_digest,
        file_bytes)
    SELECT $1, format('202610-01-%s-1', lpad(n::text, 8, '0')), 'centre', 'r' || n, 'resident_record', 'centre', 'chain', 'store ' || n % 500,
        '1', 200, 1, t.at, t.at, t.at, 'x', 'x', 'x', 40000
    FROM generate_series(0, $2 - 1) AS n
    CROSS JOIN LATERAL (
        SELECT timestamptz '2026-10-01 09:00+09' + (n % $3) * interval '1 day' + (n / $3) * interval '1 second' AS at
    ) AS t
    """,
    """
    INSERT INTO issuance.intent (municipality_code, issuance_number, caller_id, request_id, lease_token, kind, channel, fee_yen, instant,
        pages, snapshot_digest, document_digest, state)
    SELECT i.municipality_code, i.issuance_number, i.caller_id, i.request_id, 1, i.kind, i.channel, 200, i.instant, 1, 'x', 'x', 'recorded'
    FROM history.issuance AS i WHERE i.municipality_code = $1 AND $2::int > $3::int
    """,
    """
    INSERT INTO history.outcome (municipality_code, issuance_number, outcome, fee_collected, occurred_at, reported_by)
    SELECT i.municipality_code, i.issuance_number, 'printed', true, i.recorded_at, 'centre'
    FROM history.issuance AS i
    WHERE i.municipality_code = $1 AND substr(i.request_id, 2)::int % 1000 <> 1 AND $2::int > $3::int
    """,
)


def measure(quick: bool) -> list[Figures]:  # noqa: FBT001 - one switch of the command line
    """One table: seconds of each part, and what was found."""
    lines = _QUICK if quick else _LINES
    with bench_cluster({"shared_buffers": "256MB"}) as cluster:
        return [asyncio.run(_measure(cluster, lines))]


async def _measure(cluster: MigratedCluster, lines: int) -> Figures:
    content = "\r\n".join(_written(lines)).encode("utf-8-sig")
    async with cluster.database() as database, CityDatabase.open(database.dsn("staff")) as staff:
        await _answers(await database.connect(), lines)
        read, taken = await _read_and_taken_in(staff, content)
        async with staff.city(_CITY) as connection:
            matched, found = await _matched(connection)
    rows = [
        ("read the table", *read, "-", f"{len(content) / 1e6:.0f} MB"),
        ("take it in (statements, lines, log) and match it", *taken, "-", f"{lines:,} lines"),
        (
            "match it again",
            *matched,
            f"<= {_SECONDS}",
            ", ".join(f"{count:,} {finding}" for finding, count in found.items()),
        ),
    ]
    notes = ("seconds by the clock, and of processors: this process and PostgreSQL together",)
    return Figures(
        f"settlement: a month of {lines:,} lines", ("what", "seconds", "CPU", "target", ""), rows, notes, rows
    )


async def _read_and_taken_in(staff: CityDatabase, content: bytes) -> tuple[tuple[str, str], tuple[str, str]]:
    began = time.perf_counter(), _cpu()
    table = read_table(content, DEFAULT, _MONTH)
    read, began = _since(began), (time.perf_counter(), _cpu())
    async with staff.city(_CITY) as connection:
        await take_in(connection, (_CITY, "centre"), table, _NOW)
    return read, _since(began)


async def _matched(connection: asyncpg.Connection) -> tuple[tuple[str, str], dict[Finding, int]]:
    began = time.perf_counter(), _cpu()
    found: dict[Finding, int] = {}
    for day in _MONTH.days:
        done = await match_day(connection, _CITY, "centre", day, _NOW)
        for finding in Finding:
            found[finding] = found.get(finding, 0) + done.count(finding)
    return _since(began), {finding: count for finding, count in found.items() if count}


def _cpu() -> float:
    # What is seen of a backend ends with it: the connection stays in its pool while it is measured.
    ours = psutil.Process()
    times = [one.cpu_times() for one in (ours, *ours.children(recursive=True))]
    return float(sum(one.user + one.system for one in times))


def _since(began: tuple[float, float]) -> tuple[str, str]:
    return f"{time.perf_counter() - began[0]:.1f}", f"{_cpu() - began[1]:.1f}"


def _written(lines: int) -> Iterator[str]:
    yield _HEADINGS
    for n in range(lines):
        second, fee = n // _DAYS, 300 if n % _DIFFERENT == 0 else 200
        at = f"2026-10-{n % _DAYS + 1:02d} {9 + second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
        yield f"202610-01-{n:08d}-1,r{n},住民票の写し,chain,store {n % 500},1,{at},印刷,{fee}"


async def _answers(admin: asyncpg.Connection, lines: int) -> None:
    await admin.execute("SET session_replication_role = replica")
    for statement in _ANSWERS:
        await admin.execute(statement, _CITY, lines, _DAYS)
    await admin.execute("SET session_replication_role = origin")
    await admin.execute("ANALYZE")
