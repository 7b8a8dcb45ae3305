"""The sweeper, as its own role, on what a front left behind."""

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
from issuance_db.sweeping import Swept
from kiosk_server.processes.sweeper import sweep
from tests.servers import Database

CITY = "092029"
START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
DEADLINE = START + timedelta(seconds=10)


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
    subject = Subject("101", 1, "900", 1, "person")
    intent = Intent(number, lease, "resident_record", "centre", 200, START, 1, b"s", (subject,))
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


async def test_the_key_of_a_held_request_stays_free_for_an_attempt_that_refers_to_it(
    front: asyncpg.Connection, sweeper: Pool
) -> None:
    """Else a holder that proposes in its last moment and the sweeper would wait for each other."""
    lease = await accepted(front, "in its last moment")
    async with sweeper.city(CITY) as connection:
        await connection.fetchrow(SWEEPING["hold"], *lease.key.columns)
        async with front.transaction():
            await front.execute("SET LOCAL lock_timeout = '2s'")
            await proposed(front, lease)
