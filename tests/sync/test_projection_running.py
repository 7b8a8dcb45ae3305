import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime

import asyncpg
import pytest

from civil.errors import KioskError
from sync import Observer, Progress, Projection
from sync.errors import ProjectionFailed
from tests.servers import Database
from tests.sync.conftest import NOW, IssuanceRecords
from tests.sync.registry_rows import CITY, OTHER_CITY, Registry

_LONG = 3600.0


class Told(Observer):
    """Keeps what a running projection said, to wait for."""

    def __init__(self) -> None:
        self.said: asyncio.Queue[str] = asyncio.Queue()

    def leads(self, municipality_code: str) -> None:
        self.said.put_nowait(f"leads {municipality_code}")

    def waits(self, municipality_code: str) -> None:
        self.said.put_nowait(f"waits {municipality_code}")

    def applied(self, municipality_code: str, progress: Progress) -> None:  # noqa: ARG002 - the base class has it
        self.said.put_nowait(f"applied {municipality_code}")

    def interrupted(self, cause: str) -> None:  # noqa: ARG002 - the base class has it
        self.said.put_nowait("interrupted")

    async def until(self, words: str) -> None:
        while await self.said.get() != words:
            pass


@asynccontextmanager
async def _running(database: Database, told: Told, poll_seconds: float, *cities: str) -> AsyncIterator[None]:
    projection = Projection(database.dsn("sync"), cities, lambda: NOW, observer=told, poll_seconds=poll_seconds)
    task = asyncio.create_task(projection.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_a_notification_wakes_the_projection_long_before_the_poll(
    database: Database, city_registry: Registry, f6: IssuanceRecords
) -> None:
    told = Told()
    async with _running(database, told, _LONG, CITY):
        await told.until(f"leads {CITY}")
        await city_registry.family("50", "1001")
        await told.until(f"applied {CITY}")
    assert set(await f6.read()) == {"1001"}


async def test_without_notifications_the_poll_finds_everything(
    database: Database, city_registry: Registry, f6: IssuanceRecords, admin: asyncpg.Connection
) -> None:
    await admin.execute("ALTER TABLE registry.outbox DISABLE TRIGGER announce")
    told = Told()
    async with _running(database, told, 0.01, CITY):
        await told.until(f"leads {CITY}")
        await city_registry.family("50", "1001")
        await told.until(f"applied {CITY}")
    assert set(await f6.read()) == {"1001"}


async def test_hints_for_one_city_do_not_put_off_the_poll_of_another(
    database: Database, city_registry: Registry, f6: IssuanceRecords, admin: asyncpg.Connection
) -> None:
    await admin.execute("ALTER TABLE registry.outbox DISABLE TRIGGER announce")
    told = Told()
    async with _running(database, told, 0.05, OTHER_CITY, CITY):
        await told.until(f"leads {CITY}")
        await city_registry.family("50", "1001")
        applied = asyncio.create_task(told.until(f"applied {CITY}"))
        while not applied.done():
            await admin.execute("SELECT pg_notify('registry_outbox', $1)", OTHER_CITY)
        await applied
    assert set(await f6.read()) == {"1001"}


async def test_a_second_process_waits_for_a_city_and_takes_over_when_the_first_ends(
    database: Database, city_registry: Registry, f6: IssuanceRecords
) -> None:
    first, second = Told(), Told()
    async with _running(database, second, 0.02, OTHER_CITY):
        await second.until(f"leads {OTHER_CITY}")
        async with _running(database, first, 0.02, CITY):
            await first.until(f"leads {CITY}")
            third = Told()
            async with _running(database, third, 0.02, CITY, OTHER_CITY):
                await third.until(f"waits {CITY}")
                await city_registry.family("50", "1001")
                await first.until(f"applied {CITY}")
                assert third.said.empty() or all("waits" in third.said.get_nowait() for _ in range(third.said.qsize()))
    successor = Told()
    async with _running(database, successor, 0.02, CITY):
        await successor.until(f"leads {CITY}")
        await city_registry.person("1001", name="足利　改")
        await successor.until(f"applied {CITY}")
    assert (await f6.read())["1001"]["name"] == "足利　改"


async def test_a_lost_connection_is_made_anew_and_nothing_is_lost(
    database: Database, city_registry: Registry, f6: IssuanceRecords, admin: asyncpg.Connection
) -> None:
    told = Told()
    async with _running(database, told, _LONG, CITY):
        await told.until(f"leads {CITY}")
        await city_registry.family("50", "1001")
        await told.until(f"applied {CITY}")
        await admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name = 'sync.projection'"
        )
        await told.until("interrupted")
        await city_registry.family("60", "2001")
        await told.until(f"applied {CITY}")
    assert set(await f6.read()) == {"1001", "2001"}


async def test_what_no_retry_mends_ends_the_run_without_quoting_the_database(
    database: Database, admin: asyncpg.Connection
) -> None:
    await admin.execute("REVOKE SELECT ON registry.outbox FROM sync")
    with pytest.raises(ProjectionFailed, match=r"SQLSTATE 42501\)$"):
        await Projection(database.dsn("sync"), [CITY], lambda: NOW).run()


class _PulledPlug(KioskError):
    """The process ends here."""


class _ClockThatStops:
    """Ends the process at the n-th look at the clock: the projection looks in the middle of its transactions."""

    def __init__(self, looks: int) -> None:
        self._looks = looks

    def __call__(self) -> datetime:
        self._looks -= 1
        if self._looks < 0:
            raise _PulledPlug
        return NOW


@pytest.mark.parametrize("work", ["catch_up", "rebuild"])
async def test_ended_at_any_point_it_goes_on_where_it_was(
    database: Database, city_registry: Registry, f6: IssuanceRecords, projection: Projection, work: str
) -> None:
    await city_registry.family("50", "1001", "1002")
    await projection.catch_up()
    await city_registry.person("1001", name="足利　改")
    await city_registry.person("1002", state="removed")
    states = [await f6.read()]
    looks = 0
    while True:
        stopping = Projection(database.dsn("sync"), [CITY], _ClockThatStops(looks))
        run: Callable[[], Awaitable[Progress]] = getattr(stopping, work)
        try:
            await run()
        except _PulledPlug:
            states.append(await f6.read())
            looks += 1
        else:
            break
    states.append(await f6.read())
    assert looks >= 2
    assert {number: row["name"] for number, row in states[-1].items()} == {"1001": "足利　改"}
    assert all(state in (states[0], states[-1]) for state in states)
    assert await projection.catch_up() == Progress()


async def test_two_processes_at_once_do_the_work_of_one(
    database: Database, city_registry: Registry, f6: IssuanceRecords
) -> None:
    for number in range(1001, 1031):
        await city_registry.family(str(number), str(number))
    twins = [Projection(database.dsn("sync"), [CITY], lambda: NOW) for _ in range(3)]
    done = await asyncio.gather(*(twin.catch_up() for twin in twins), twins[0].rebuild())
    assert sum(progress.changed for progress in done[:3]) <= 30
    assert len(await f6.read()) == 30
