import asyncio
from datetime import UTC, datetime, time, timedelta
from io import BytesIO

import asyncpg
import pytest

from civil.calendar import JST
from issuance_db.repairs import approve_repair
from sync import Observer, Reconciling, Schedule
from sync.feeds import apply_file
from tests.servers import Database
from tests.sync.registry_rows import CITY, Registry
from tests.sync.seal_source import Seal, SealSource
from tests.sync.test_reconciling import SOMEBODY, town

__all__ = ["town"]
DAILY = Schedule(time(3, 0), timedelta(minutes=5), poll_seconds=0.05)


def _at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=JST)


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        (None, _at(23, 1), True),
        (_at(22, 3, 1), _at(23, 2, 59), False),
        (_at(22, 3, 1), _at(23, 3), True),
        (_at(23, 3), _at(23, 23), False),
        (_at(20, 3), _at(23, 1), True),
        (_at(22, 2).astimezone(UTC), _at(22, 4).astimezone(UTC), True),
    ],
)
def test_everybody_is_compared_once_a_day_and_a_missed_time_is_made_up_for(
    last: datetime | None,
    now: datetime,
    due: bool,  # noqa: FBT001 - a column of the table
) -> None:
    assert DAILY.is_whole_due(last, now) is due


def test_a_part_is_due_when_the_time_between_two_is_over() -> None:
    assert DAILY.is_part_due(None, _at(23, 1))
    assert not DAILY.is_part_due(_at(23, 1), _at(23, 1, 4))
    assert DAILY.is_part_due(_at(23, 1), _at(23, 1, 5))


class _Heard(Observer):
    def __init__(self) -> None:
        self.compared: asyncio.Queue[int] = asyncio.Queue()
        self.mended: asyncio.Queue[tuple[int, int]] = asyncio.Queue()

    def reconciled(self, municipality_code: str, differing: int) -> None:
        assert municipality_code == CITY
        self.compared.put_nowait(differing)

    def repaired(self, municipality_code: str, records: int, equal: int) -> None:
        assert municipality_code == CITY
        self.mended.put_nowait((records, equal))


async def test_running_it_compares_and_repairs_what_staff_approve(
    database: Database, town: Registry, admin: asyncpg.Connection
) -> None:
    person = await admin.fetchval(
        "UPDATE issuance.resident_record SET name = '別人' WHERE person_number = '1001' RETURNING person_number"
    )
    heard = _Heard()
    first, second = (
        asyncio.create_task(Reconciling(database.dsn("sync"), [town.city], lambda: _at(23, 10), DAILY, heard).run())
        for _ in range(2)
    )
    assert await heard.compared.get() == 1
    await approve_repair(await database.connect("staff", CITY), CITY, person, SOMEBODY)
    assert await heard.mended.get() == (1, 1)
    for task in (first, second):
        task.cancel()
    await asyncio.gather(first, second, return_exceptions=True)
    assert (
        await admin.fetchval("SELECT name FROM issuance.resident_record WHERE person_number = '1001'") == "足利　1001"
    )
    assert await admin.fetchval("SELECT count(*) FROM history.reconciliation WHERE scope = 'city'") == 1
    assert await admin.fetchval("SELECT part_at = whole_at FROM issuance.reconciled")


async def test_running_it_compares_what_came_in_files_whole_once_a_day_and_leaves_a_busy_source_for_the_next_look(
    database: Database, admin: asyncpg.Connection
) -> None:
    sync, heard = await database.connect("sync"), _Heard()
    await apply_file(sync, CITY, BytesIO(SealSource().full(Seal("101", "A-1"))), _at(23, 10))
    await admin.execute("SELECT set_config('kiosk.municipality', $1, false)", CITY)
    await admin.execute("UPDATE issuance.seal_registration SET name = '別人'")
    async with sync.transaction():
        await sync.execute(f"SELECT pg_advisory_xact_lock(hashtextextended('feed/{CITY}/seal', 0))")
        running = asyncio.create_task(
            Reconciling(database.dsn("sync"), [CITY], lambda: _at(23, 10), DAILY, heard).run()
        )
        # The register, of whom there is nobody, is compared; the source is in use.
        assert await heard.compared.get() == 0
        await asyncio.sleep(3 * DAILY.poll_seconds)
        assert heard.compared.empty()
    assert await heard.compared.get() == 1
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert await admin.fetchval("SELECT part_at = whole_at AND whole_at = $1 FROM issuance.source", _at(23, 10))
    assert await admin.fetchval("SELECT difference FROM issuance.source_doubt") == "different"
