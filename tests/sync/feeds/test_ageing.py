"""MIS-09: the age limit of a source counts the days on which its register writes files, and who passes it is told once."""

import asyncio
import io
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import asyncpg
import pytest

from civil.calendar import JST
from sync import Observer, Reconciling, Schedule
from sync.feeds import apply_file
from sync.feeds.ageing import tell_too_old
from sync.feeds.status import AgeLimit, set_age_limit, source_status
from tests.servers import Database
from tests.sync.registry_rows import CITY
from tests.sync.resident_source import Resident, ResidentSource
from tests.sync.seal_source import Seal, SealSource

FRIDAY = datetime(2026, 11, 27, 23, 0, tzinfo=JST)
DAY = timedelta(days=1)
WEEKEND = (6, 7)
CASES = {
    "no rest": (FRIDAY, DAY, (), (), FRIDAY + DAY),
    "a weekend": (FRIDAY, DAY, WEEKEND, (), FRIDAY + 3 * DAY),
    "a weekend and a holiday": (FRIDAY, DAY, WEEKEND, (date(2026, 11, 30),), FRIDAY + 4 * DAY),
    "fed on a day of rest": (FRIDAY + DAY, DAY, WEEKEND, (), datetime(2026, 12, 1, tzinfo=JST)),
    "over before the rest": (FRIDAY, timedelta(minutes=59), WEEKEND, (), FRIDAY + timedelta(minutes=59)),
    "over as the rest begins": (FRIDAY, timedelta(hours=1), WEEKEND, (), FRIDAY + timedelta(hours=1)),
}


async def over_at(
    connection: asyncpg.Connection, since: datetime, working: timedelta, weekdays: Sequence[int], days: Sequence[date]
) -> datetime:
    query = "SELECT $1::timestamptz + issuance.limit_over_rest($1, $2, $3::smallint[], $4::date[])"
    found: datetime = await connection.fetchval(query, since, working, weekdays, days)
    return found


@pytest.mark.parametrize("case", CASES)
async def test_days_of_rest_do_not_count(database: Database, case: str) -> None:
    *told, expected = CASES[case]
    assert await over_at(await database.connect(), *told) == expected  # type: ignore[arg-type]  # a row of the table


def slowly(since: datetime, working: timedelta, weekdays: Sequence[int], days: Sequence[date]) -> datetime:
    """The same, an hour at a time."""
    at, step = since, timedelta(hours=1)
    while working > timedelta(0):
        local = at.astimezone(JST)
        if local.isoweekday() not in weekdays and local.date() not in days:
            working -= step
        at += step
    return at


@pytest.mark.parametrize("seed", range(5))
async def test_whatever_the_calendar_the_hours_that_count_are_the_limit(database: Database, seed: int) -> None:
    connection, chosen = await database.connect(), random.Random(seed)
    for _ in range(40):
        since = datetime(2026, 12, 20, tzinfo=UTC) + timedelta(hours=chosen.randrange(480))
        working = timedelta(hours=chosen.randrange(1, 200))
        weekdays = chosen.sample(range(1, 8), chosen.randrange(6))
        days = [date(2026, 12, 20) + chosen.randrange(30) * DAY for _ in range(chosen.randrange(10))]
        case = (since, working, weekdays, days)
        assert await over_at(connection, *case) == slowly(*case)


class _Heard(Observer):
    def __init__(self) -> None:
        self.old: asyncio.Queue[str] = asyncio.Queue()

    def too_old(self, municipality_code: str) -> None:
        self.old.put_nowait(municipality_code)


async def alerts(admin: asyncpg.Connection) -> list[str]:
    return [row["cause"] for row in await admin.fetch("SELECT cause FROM history.alert ORDER BY alert_id")]


async def test_mis_09_who_passes_the_limit_is_told_once_and_again_after_the_next_file(database: Database) -> None:
    sync, staff, admin = await database.connect("sync"), await database.connect("staff", CITY), await database.connect()
    source = SealSource()
    await apply_file(sync, CITY, io.BytesIO(source.full(Seal("0000000101", "A-1"))), source.as_of)
    limit = source.as_of + DAY
    assert await tell_too_old(sync, CITY, limit - timedelta(seconds=1)) == []
    assert await tell_too_old(sync, CITY, limit) == ["seal"]
    assert await tell_too_old(sync, CITY, limit + DAY) == []
    assert await alerts(admin) == ["feed/seal_too_old"]
    assert await admin.fetchval("SELECT detail FROM history.alert") == "2026-11-23 09:00 JST まで / known until then"
    (told,) = await source_status(staff, CITY, limit)
    assert told.is_too_old
    later = source.as_of + 3 * DAY
    source.clock = lambda: later
    await apply_file(sync, CITY, io.BytesIO(source.full()), later)
    (told,) = await source_status(staff, CITY, later)
    assert not told.is_too_old
    await set_age_limit(
        staff, CITY, "seal", AgeLimit(timedelta(hours=1), rest_weekdays=[later.astimezone(JST).isoweekday()])
    )
    assert await tell_too_old(sync, CITY, later + timedelta(hours=2)) == []
    assert await tell_too_old(sync, CITY, later + 2 * DAY) == ["seal"]
    assert len(await alerts(admin)) == 2


async def test_mis_09_the_running_service_tells_it_and_compares_no_residents_that_come_in_files(
    database: Database,
) -> None:
    sync, admin = await database.connect("sync"), await database.connect()
    source, heard = ResidentSource(), _Heard()
    await apply_file(sync, CITY, io.BytesIO(source.full(Resident("101"))), source.as_of)
    schedule = Schedule(time(3, 0), timedelta(minutes=5), poll_seconds=0.05)
    running = Reconciling(database.dsn("sync"), [CITY], lambda: source.as_of + 2 * DAY, schedule, heard)
    task = asyncio.create_task(running.run())
    assert await asyncio.wait_for(heard.old.get(), 30) == CITY
    ended, _ = await asyncio.wait({task}, timeout=0.5)
    assert not ended
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await alerts(admin) == ["feed/resident_too_old"]


async def test_sync_cannot_set_the_calendar(database: Database) -> None:
    sync = await database.connect("sync", CITY)
    for change in ("working_limit = interval '1 year'", "rest_weekdays = '{1}'", "age_limit = interval '1 year'"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await sync.execute(f"UPDATE issuance.source SET {change}")
