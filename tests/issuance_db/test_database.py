import asyncio
from contextlib import suppress

import asyncpg
import pytest

from civil.errors import KioskError
from civil.sql import load
from issuance_db.database import Database, DatabaseTimedOut, DatabaseUnreachable, NothingCommitted
from issuance_db.migrate import AdministratorNeeded, migrate
from issuance_db.roles import ROLES
from tests import servers
from tests.cardauth.world import CITY, OTHER_CITY
from tests.issuance_db.silent_line import SilentLine

INSERT = "INSERT INTO issuance.municipality (municipality_code, name) VALUES ($1, '市')"
COUNT = "SELECT count(*) FROM issuance.municipality"


async def test_a_transaction_sees_and_writes_its_city_only(database: servers.Database) -> None:
    async with Database.open(database.dsn("staff"), max_size=1) as staff:
        for code in (CITY, OTHER_CITY):
            async with staff.city(code) as connection:
                await connection.execute(INSERT, code)
                assert await connection.fetchval(COUNT) == 1
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with staff.city(CITY) as connection:
                await connection.execute(INSERT, "999999")


async def test_the_city_ends_with_the_transaction(database: servers.Database) -> None:
    async with Database.open(database.dsn("front"), max_size=1) as front:
        async with front.city(CITY) as connection:
            assert await connection.fetchval("SELECT shared.city()") == CITY
        async with front._pool.acquire() as connection:
            assert await connection.fetchval("SELECT shared.city()") is None
        async with front.city("") as connection:
            assert await connection.fetchval("SELECT shared.city()") is None


async def test_what_is_no_code_of_a_city_reaches_no_statement(database: servers.Database) -> None:
    async with Database.open(database.dsn("front"), max_size=1) as front:
        for code in ("09' OR '", "0920 9", "市"):
            with pytest.raises(ValueError, match="municipality code"):
                async with front.city(code):
                    pass


async def test_an_error_rolls_back_and_passes_unchanged(database: servers.Database) -> None:
    async def write_and_fail(staff: Database) -> None:
        async with staff.city(CITY) as connection:
            await connection.execute(INSERT, CITY)
            raise KioskError("of the block")

    async with Database.open(database.dsn("staff"), max_size=1) as staff:
        with pytest.raises(KioskError, match="of the block"):
            await write_and_fail(staff)
        async with staff.city(CITY) as connection:
            assert await connection.fetchval(COUNT) == 0


async def test_a_commit_that_was_a_rollback_is_not_taken_for_one(database: servers.Database) -> None:
    async def write_and_swallow(staff: Database) -> None:
        async with staff.city(CITY) as connection:
            await connection.execute(INSERT, CITY)
            with suppress(asyncpg.DataError):
                await connection.execute("SELECT 1 / 0")

    async with Database.open(database.dsn("staff"), max_size=1) as staff:
        with pytest.raises(NothingCommitted):
            await write_and_swallow(staff)
        async with staff.city(CITY) as connection:
            assert await connection.fetchval(COUNT) == 0


async def test_past_its_time_the_whole_transaction_is_abandoned_and_the_connection_is_good(
    database: servers.Database,
) -> None:
    async def write_and_wait(staff: Database) -> None:
        async with staff.city(CITY, timeout=0.1) as connection:
            await connection.execute(INSERT, CITY)
            await connection.execute("SELECT pg_sleep(60)")

    async with Database.open(database.dsn("staff"), max_size=1) as staff:
        with pytest.raises(DatabaseTimedOut):
            await write_and_wait(staff)
        async with staff.city(CITY, timeout=60) as connection:
            assert await connection.fetchval(COUNT) == 0


async def test_waiting_for_a_connection_counts_towards_the_time(database: servers.Database) -> None:
    async with Database.open(database.dsn("front"), max_size=1) as front, front.city(CITY):
        with pytest.raises(DatabaseTimedOut):
            async with front.city(CITY, timeout=0.05):
                pass


async def test_a_time_out_of_the_block_itself_is_not_ours(database: servers.Database) -> None:
    async def time_out_inside(front: Database) -> None:
        async with front.city(CITY, timeout=60), asyncio.timeout(0):
            await asyncio.Event().wait()

    async with Database.open(database.dsn("front"), max_size=1) as front:
        with pytest.raises(TimeoutError):
            await time_out_inside(front)


async def test_a_lost_connection_is_unreachable_and_the_next_one_works(database: servers.Database) -> None:
    administrator = await database.connect()

    async def lose(front: Database) -> None:
        async with front.city(CITY) as connection:
            await administrator.execute("SELECT pg_terminate_backend($1)", connection.get_server_pid())
            await connection.fetchval("SELECT 1")

    async with Database.open(database.dsn("front"), max_size=1) as front:
        with pytest.raises(DatabaseUnreachable) as lost:
            await lose(front)
        assert lost.value.__suppress_context__
        async with front.city(CITY) as connection:
            assert await connection.fetchval("SELECT 1") == 1


@pytest.mark.parametrize("falls_silent", ["in the block", "before the commit"])
async def test_a_network_that_falls_silent_keeps_nobody_past_the_time_and_the_next_one_works(
    database: servers.Database, monkeypatch: pytest.MonkeyPatch, falls_silent: str
) -> None:
    monkeypatch.setattr("issuance_db.database._UNDONE_SECONDS", 0.2)
    line = SilentLine(database.address.host, database.address.port)

    async def fall_silent(front: Database) -> None:
        async with front.city(CITY, timeout=0.2) as connection:
            line.is_silent = True
            if falls_silent == "in the block":
                await connection.fetchval("SELECT 1")

    async with line.listening() as port:
        there = database.dsn("front").replace(f":{database.address.port}/", f":{port}/")
        async with Database.open(there, max_size=1) as front:
            async with asyncio.timeout(10):
                with pytest.raises(DatabaseTimedOut):
                    await fall_silent(front)
            line.is_silent = False
            async with front.city(CITY, timeout=10) as connection:
                assert await connection.fetchval("SELECT 1") == 1


async def test_a_network_that_falls_silent_keeps_no_process_from_its_end(
    database: servers.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("issuance_db.database._UNDONE_SECONDS", 0.2)
    line = SilentLine(database.address.host, database.address.port)
    async with line.listening() as port, asyncio.timeout(10):
        there = database.dsn("front").replace(f":{database.address.port}/", f":{port}/")
        async with Database.open(there, max_size=1) as front:
            async with front.city(CITY) as connection:
                assert await connection.fetchval("SELECT 1") == 1
            line.is_silent = True


async def test_no_server_is_unreachable(unused_tcp_port: int) -> None:
    with pytest.raises(DatabaseUnreachable) as unreachable:
        async with Database.open(f"postgresql://front@127.0.0.1:{unused_tcp_port}/nowhere"):
            pass
    assert str(unused_tcp_port) not in str(unreachable.value)


async def test_a_mistake_of_ours_is_not_called_unreachable(database: servers.Database) -> None:
    async with Database.open(database.dsn("front"), max_size=1) as front:
        with pytest.raises(asyncpg.InterfaceError):
            async with front.city(CITY) as connection:
                await connection.fetchval("SELECT $1::int", 1, 2)


async def test_no_plan_of_a_request_begins_by_reading_a_whole_table_and_none_is_compiled(
    database: servers.Database,
) -> None:
    async with Database.open(database.dsn("front"), max_size=1) as front, front.city(CITY) as connection:
        assert await connection.fetchval("SHOW enable_seqscan") == "off"
        assert await connection.fetchval("SHOW jit") == "off"


async def test_no_plan_of_the_batcher_begins_by_reading_a_whole_table_and_none_is_compiled(
    database: servers.Database,
) -> None:
    connection = await database.connect("logger")
    async with connection.transaction():
        await connection.execute(load("issuance_db.log", "log.sql")["enter_city"], CITY)
        assert await connection.fetchval("SHOW enable_seqscan") == "off"
        assert await connection.fetchval("SHOW jit") == "off"


async def test_a_version_with_a_new_role_asks_for_an_administrator(
    database: servers.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await migrate(database.dsn("migrator"), servers.MIGRATED_PACKAGES)).pending == ()
    monkeypatch.setattr("issuance_db.migrate.ROLES", (*ROLES, "of_tomorrow"))
    with pytest.raises(AdministratorNeeded):
        await migrate(database.dsn("migrator"), servers.MIGRATED_PACKAGES)
    assert (await migrate(database.dsn(), servers.MIGRATED_PACKAGES)).pending == ()
