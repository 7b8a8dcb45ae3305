"""`kiosk serve logger` as it runs: it batches by itself, survives its own death, and two of them make one log."""

import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from civil.clock import utc_now
from issuance_db.log.verifying import Outside, verify
from issuance_db.log.witnessed import Lag
from kiosk_server.checks.log import UNBATCHED, UNWITNESSED, fault_of, log
from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.checks.wrong import Advice
from kiosk_server.processes.child import ChildProcess
from kiosk_server.settings import read_settings
from tests.cli.test_refusals import settings_for
from tests.history_log.books import CITY, ISSUED, REFUSED, books, leaves, until
from tests.servers import Database

WITNESS = "http://127.0.0.1:1"
Start = Callable[[str], ChildProcess]


@pytest.fixture
def start(database: Database, tmp_path: Path) -> Iterator[Start]:
    """Starts loggers on the test's database; all are gone at the end."""
    file = settings_for(database, tmp_path)
    started: list[ChildProcess] = []

    def logger(label: str) -> ChildProcess:
        child = ChildProcess("logger", file, tmp_path / label, only_the_file=True)
        started.append(child)
        child.wait_ready(60)
        return child

    yield logger
    for child in started:
        child.ask_to_stop()
        with suppress(ProcessLookupError):
            child.finish()


async def until_leaves(database: Database, count: int) -> None:
    async def there() -> bool:
        return len(await leaves(database)) >= count

    await until(there)


async def verifies(database: Database) -> bool:
    reader = await database.connect("fsck")
    async with reader.transaction(isolation="repeatable_read", readonly=True):
        return not (await verify(reader, CITY, Outside(), now=utc_now() + timedelta(hours=1))).findings


async def test_i7_history_becomes_leaves_by_itself(database: Database, start: Start) -> None:
    city = await books(database)
    start("one")
    await city.issue()
    await until_leaves(database, ISSUED)
    await city.refuse()
    await until_leaves(database, ISSUED + REFUSED)
    assert await verifies(database)


async def test_i7_a_logger_killed_in_mid_batch_goes_on_where_it_was(database: Database, start: Start) -> None:
    city = await books(database)
    admin, watcher = await database.connect(), await database.connect()
    killed = start("killed")
    await city.issue()
    await until_leaves(database, ISSUED)
    async with admin.transaction():
        # The checkpoint is the last thing a batch writes: it waits here with its leaves already written.
        await admin.execute("LOCK TABLE history.checkpoint IN SHARE MODE")
        await city.issue()
        waiting = "SELECT true FROM pg_locks WHERE relation = 'history.checkpoint'::regclass AND NOT granted"
        await until(lambda: watcher.fetchval(waiting))
        os.kill(killed.pid, signal.SIGKILL)
    start("next")
    await until_leaves(database, 2 * ISSUED)
    assert [number for number, _ in await leaves(database)] == list(range(2 * ISSUED))
    assert await verifies(database)


async def test_i7_two_loggers_make_one_log(database: Database, start: Start) -> None:
    city = await books(database)
    first = start("first")
    start("second")
    for _ in range(5):
        await city.issue()
    await until_leaves(database, 5 * ISSUED)
    first.ask_to_stop()
    await city.issue()
    await until_leaves(database, 6 * ISSUED)
    assert [number for number, _ in await leaves(database)] == list(range(6 * ISSUED))
    assert await verifies(database)


@asynccontextmanager
async def around(
    database: Database, tmp_path: Path, passed: timedelta, witness_url: str | None = WITNESS
) -> AsyncIterator[Surroundings]:
    """What a check looks at, after some time."""
    file = tmp_path / "settings.env"
    settings = read_settings(file if file.exists() else settings_for(database, tmp_path))
    told = settings.model_copy(update={"witness_url": witness_url})
    async with Surroundings(told, "centre", "front", lambda: utc_now() + passed) as found:
        yield found


async def test_i7_readiness_says_so_when_nobody_batches(database: Database, tmp_path: Path) -> None:
    city = await books(database)
    async with around(database, tmp_path, timedelta(0)) as now:
        assert await log(now) == WITNESS
        await city.issue()
        assert await log(now) == WITNESS
    async with around(database, tmp_path, timedelta(minutes=2)) as later:
        with pytest.raises(Advice) as found:
            await log(later)
    assert found.value.fault == UNBATCHED


@pytest.mark.parametrize(
    ("hours", "url", "fault"),
    [(3, "http://127.0.0.1:1", None), (5, "http://127.0.0.1:1", UNWITNESSED), (5, None, None)],
)
async def test_i7_readiness_says_so_when_the_witness_accepts_nothing(
    database: Database, tmp_path: Path, hours: int, url: str | None, fault: object
) -> None:
    async with around(database, tmp_path, timedelta(hours=hours), url) as later:
        assert fault_of(Lag(None, utc_now()), later) == fault
        assert url is not None or "no witness is set" in await log(later)
