"""The sweeper, as its own role, on what a front left behind."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from issuance_db import intents, requests
from issuance_db.database import Database as Pool
from issuance_db.intents import Intent, KeptAnswer, Subject
from issuance_db.recording import Finished, record
from issuance_db.requests import Lease, NewRequest, RequestKey, Terminal
from issuance_db.sweeping import _SQL as SWEEPING
from issuance_db.sweeping import Swept, end_overdue
from kiosk_server.processes.sweeper import _sweep_forever, sweep
from tests.history_log.books import until
from tests.servers import Database

CITY = "092029"
START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
DEADLINE = START + timedelta(seconds=10)
SUBJECT = Subject("101", 1, "900", 1, "person")


@pytest.fixture
async def front(database: Database) -> asyncpg.Connection:
    admin = await database.connect()
    await admin.execute("INSERT INTO shared.installation (marker) VALUES ('demo')")
    return await database.connect("front", CITY)


@pytest.fixture
async def sweeper(database: Database) -> AsyncIterator[Pool]:
    async with Pool.open(database.dsn("sweeper"), max_size=1) as pool:
        yield pool


async def accepted(front: asyncpg.Connection, request_id: str) -> Lease:
    key = RequestKey(CITY, "centre", "issuances", request_id)
    terminal = Terminal("chain", "store", "1")
    lease = await requests.accept(front, NewRequest(key, b"f", "resident_record", "centre", terminal, START, DEADLINE))
    assert lease is not None
    return lease


async def proposed(front: asyncpg.Connection, lease: Lease) -> Intent:
    number = await intents.next_issuance_number(front, START.date())
    intent = Intent(number, lease, "resident_record", "centre", 200, START, 1, b"s", (SUBJECT,))
    await intents.propose(front, intent, START)
    return intent


async def states(front: asyncpg.Connection, lease: Lease) -> list[str]:
    rows = await front.fetch(
        "SELECT state FROM history.transition WHERE request_id = $1 ORDER BY step", lease.key.request_id
    )
    return [row["state"] for row in rows]


async def test_a_lease_that_ran_out_ends_as_abandoned_and_its_attempt_as_void(
    front: asyncpg.Connection, sweeper: Pool
) -> None:
    lease = await accepted(front, "crashed")
    intent = await proposed(front, lease)
    assert await sweep(sweeper, CITY, lambda: DEADLINE) == Swept(abandoned=1, voided=1)
    assert await states(front, lease) == ["accepted", "proposed", "void", "abandoned"]
    assert not await intents.permit(front, intent, b"d", DEADLINE)
    known = await requests.find(front, lease.key)
    assert known is not None
    assert (known.state, known.result_code) == ("abandoned", "timed_out")
    assert await sweep(sweeper, CITY, lambda: DEADLINE) == Swept()


async def test_a_live_lease_is_left_alone(front: asyncpg.Connection, sweeper: Pool) -> None:
    lease = await accepted(front, "working")
    intent = await proposed(front, lease)
    assert await sweep(sweeper, CITY, lambda: DEADLINE - timedelta(microseconds=1)) == Swept()
    assert await intents.permit(front, intent, b"d", START)


async def test_an_attempt_of_an_older_lease_is_voided_and_the_new_one_goes_on(
    front: asyncpg.Connection, sweeper: Pool
) -> None:
    old = await accepted(front, "taken over")
    stale = await proposed(front, old)
    later = DEADLINE + timedelta(seconds=10)
    new = await requests.take_over(front, old.key, DEADLINE, later)
    assert new is not None
    fresh = await proposed(front, new)
    assert await sweep(sweeper, CITY, lambda: DEADLINE) == Swept(voided=1)
    assert not await intents.permit(front, stale, b"d", DEADLINE)
    assert await intents.permit(front, fresh, b"d", DEADLINE)


async def test_after_the_point_of_no_return_nothing_is_voided_and_the_answer_goes_when_its_time_is_over(
    front: asyncpg.Connection, sweeper: Pool
) -> None:
    lease = await accepted(front, "answered")
    intent = await proposed(front, lease)
    assert await intents.permit(front, intent, b"d", START)
    assert await requests.finish(front, lease, "answered", "issued", intent.issuance_number)
    finished = Finished("101", b"d", b"f", 1, KeptAnswer(b"sealed", 1, 1, 200), DEADLINE)
    assert await record(front, intent, finished, START)
    assert await sweep(sweeper, CITY, lambda: DEADLINE - timedelta(seconds=1)) == Swept()
    assert await sweep(sweeper, CITY, lambda: DEADLINE + timedelta(days=1)) == Swept(destroyed=1)
    known = await requests.find(front, lease.key)
    assert known is not None
    assert known.state == "answered"


async def test_the_sweeper_sees_one_city_at_a_time(front: asyncpg.Connection, sweeper: Pool) -> None:
    await accepted(front, "of another city")
    assert await sweep(sweeper, "131016", lambda: DEADLINE) == Swept()


async def test_a_holder_in_its_last_moment_and_the_sweeper_do_not_wait_for_each_other(
    front: asyncpg.Connection, sweeper: Pool
) -> None:
    lease = await accepted(front, "in its last moment")
    number = await intents.next_issuance_number(front, START.date())
    intent = Intent(number, lease, "resident_record", "centre", 200, START, 1, b"s", (SUBJECT,))
    async with sweeper.city(CITY) as connection:
        await connection.fetchrow(SWEEPING["hold"], *lease.key.columns)
        proposing = asyncio.create_task(intents.propose(front, intent, DEADLINE))
        await until(lambda: connection.fetchval("SELECT true FROM pg_locks WHERE NOT granted"))
        assert await end_overdue(connection, lease.key, DEADLINE) == Swept(abandoned=1)
    assert await proposing is False


async def test_a_holder_whose_lease_was_taken_over_proposes_nothing(front: asyncpg.Connection) -> None:
    lease = await accepted(front, "taken over")
    assert await requests.take_over(front, lease.key, DEADLINE, DEADLINE + timedelta(seconds=10)) is not None
    number = await intents.next_issuance_number(front, START.date())
    intent = Intent(number, lease, "resident_record", "centre", 200, START, 1, b"s", (SUBJECT,))
    assert not await intents.propose(front, intent, START)
    assert await front.fetch("SELECT FROM issuance.intent") == []
    assert await states(front, lease) == ["accepted"]


async def test_a_statement_that_somebody_cancels_ends_no_sweeper(
    front: asyncpg.Connection, sweeper: Pool, database: Database
) -> None:
    lease = await accepted(front, "r")
    admin, watcher = await database.connect(), await database.connect()
    waiting = (
        "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE usename = 'sweeper' AND wait_event_type = 'Lock'"
    )
    async with admin.transaction():
        await admin.execute("LOCK TABLE issuance.request")
        sweeping = asyncio.create_task(_sweep_forever(sweeper, (CITY,)))
        await until(lambda: watcher.fetchval(waiting))

    async def is_swept() -> bool:
        return sweeping.done() or await states(front, lease) == ["accepted", "abandoned"]

    await until(is_swept)
    assert not sweeping.done()
    sweeping.cancel()
    await asyncio.gather(sweeping, return_exceptions=True)
