"""PostgreSQL crashes and recovers by itself at every step of an issuance; or it only refuses, cancels or makes wait."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from issuance_db.database import Database as CityDatabase
from issuance_db.database import DatabaseUnreachable
from keys.file_provider import FileKeyProvider
from kiosk_server.embedded.postgres import EmbeddedPostgres
from kiosk_server.issuing.environment import Limits
from kiosk_server.issuing.issuing import Issuing
from kiosk_server.issuing.paper import PaperWorkers
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from tests.faults.aftermath import nothing_is_open, swept, yields_one_right_certificate
from tests.faults.front_with_fault import STEPS
from tests.faults.strace import fail, traced
from tests.issuing.city import CENTRE, City, city
from tests.servers import FAST_SETTINGS, MigratedCluster, migrated_cluster


@pytest.fixture(scope="module")
def fragile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MigratedCluster]:
    """A PostgreSQL of its own, since all its connections die with it."""
    directory: Path = tmp_path_factory.mktemp("fragile")
    with EmbeddedPostgres(directory / "postgres", settings=FAST_SETTINGS | {"synchronous_commit": "on"}) as server:
        yield migrated_cluster(server.address)


@pytest.fixture
async def town(fragile: MigratedCluster, keys: FileKeyProvider, paper: PaperWorkers) -> AsyncIterator[City]:
    async with fragile.database() as database, city(database, keys, paper) as made:
        await made.registry.family("900", "101", "102", "103")
        await made.project()
        yield made


@asynccontextmanager
async def issuing_struck(town: City, strike: Callable[[str], None]) -> AsyncIterator[Issuing]:
    """The service over connections of its own; `strike` is called as each step begins."""

    @contextmanager
    def step(name: str) -> Iterator[None]:
        strike(name)
        yield

    async with CityDatabase.open(town.database.dsn("front"), max_size=3) as database:
        yield Issuing(replace(town.environment, database=database, step=step))


async def until_it_answers(town: City) -> None:
    """Wait for the end of the recovery."""
    for _ in range(600):
        try:
            connection = await asyncpg.connect(town.database.dsn())
        except (OSError, asyncpg.PostgresError):
            await asyncio.sleep(0.05)
        else:
            await connection.close()
            return
    pytest.fail("PostgreSQL did not recover")


@pytest.mark.parametrize("step", STEPS)
async def test_i5_server_that_crashes_at_any_step_costs_the_attempt_and_nothing_else(town: City, step: str) -> None:
    request = town.request(await town.credential("101", "7001"))
    victim = await asyncpg.connect(town.database.dsn())
    process_id = await victim.fetchval("SELECT pg_backend_pid()")

    def crash(name: str) -> None:
        # One backend killed: the postmaster ends all others at once and recovers from the log.
        if name == step:
            os.kill(process_id, signal.SIGKILL)

    async with issuing_struck(town, crash) as issuing:
        try:
            await issuing.issue(CENTRE, request)
        except (DatabaseUnreachable, Refusal):
            pass
        else:
            # The crash takes a moment to reach everybody; a record that was committed by then is kept.
            assert len(await _issued_after_recovery(town)) == 1
    await until_it_answers(town)
    await swept(town)
    await nothing_is_open(town)
    await yields_one_right_certificate(town, request)
    victim.terminate()


@pytest.mark.parametrize("error", ["ENOSPC", "EIO"])
@pytest.mark.parametrize("write", [1, 5, 10, 15])
async def test_i5_disk_that_takes_no_more_from_one_write_on_costs_the_attempt_and_nothing_else(
    town: City, tmp_path: Path, error: str, write: int
) -> None:
    """Of a table PostgreSQL refuses the statement; of its write-ahead log it ends all connections and recovers."""
    request = town.request(await town.credential("101", "7001"))
    async with issuing_struck(town, lambda _: None) as issuing:
        fronts = [row["pid"] for row in await town.rows("SELECT pid FROM pg_stat_activity WHERE usename = 'front'")]
        calls = tmp_path / "calls"
        async with traced([int(str(pid)) for pid in fronts], calls, *fail("pwrite64", f"{error}:when={write}+")):
            with pytest.raises((DatabaseUnreachable, Refusal, asyncpg.DiskFullError, asyncpg.PostgresIOError)):
                await issuing.issue(CENTRE, request)
    assert error in calls.read_text()
    await until_it_answers(town)
    assert await town.rows("SELECT FROM history.issuance") == []
    await swept(town)
    await nothing_is_open(town)
    await yields_one_right_certificate(town, request)


async def _issued_after_recovery(town: City) -> list[str]:
    await until_it_answers(town)
    return [str(row["issuance_number"]) for row in await town.rows("SELECT issuance_number FROM history.issuance")]


async def test_statement_that_is_cancelled_refuses_and_may_be_asked_again(town: City) -> None:
    request = town.request(await town.credential("101", "7001"))
    admin = await town.database.connect()
    async with admin.transaction():
        await admin.execute("LOCK TABLE issuance.resident_key IN ACCESS EXCLUSIVE MODE")
        asking = asyncio.create_task(town.issuing.issue(CENTRE, request))
        await _cancel_whoever_waits(admin)
        with pytest.raises((asyncpg.QueryCanceledError, Refusal)):
            await asking
    await nothing_is_open(town)
    await yields_one_right_certificate(town, request)


async def _cancel_whoever_waits(admin: asyncpg.Connection) -> None:
    waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND usename = 'front'"
    for _ in range(1000):
        if await admin.fetch(f"SELECT pg_cancel_backend(pid) FROM ({waiting}) AS waiting"):
            return
        await asyncio.sleep(0.01)
    pytest.fail("nobody waits for the table")


async def test_requests_that_find_no_connection_in_time_are_refused_and_none_is_lost(town: City) -> None:
    cards = [await town.credential("101", f"700{number}") for number in range(8)]
    requests = [town.request(card) for card in cards]
    limits = Limits(deadline=timedelta(seconds=1))
    async with CityDatabase.open(town.database.dsn("front"), max_size=1) as database:
        issuing = Issuing(replace(town.environment, database=database, limits=limits))
        admin = await town.database.connect()
        async with admin.transaction():
            await admin.execute("LOCK TABLE issuance.request IN ACCESS EXCLUSIVE MODE")
            answers = await asyncio.gather(
                *(issuing.issue(CENTRE, request) for request in requests), return_exceptions=True
            )
        assert {getattr(answer, "code", answer) for answer in answers} == {RefusalCode.TIMED_OUT}
        again = await asyncio.gather(*(issuing.issue(CENTRE, request) for request in requests))
    assert len({certificate.issuance_number for certificate in again}) == len(requests)
