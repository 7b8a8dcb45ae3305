"""States only move forward, whoever asks: the database's own triggers say so."""

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from issuance_db import requests
from issuance_db.requests import Lease, NewRequest, RequestKey, Terminal
from tests.servers import Database

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
KEY = RequestKey("092029", "centre", "issuances", "request-1")
NEW = NewRequest(KEY, b"mark", "resident_record", "centre", Terminal("a", "b", "c"), NOW, NOW + timedelta(seconds=10))

FORWARD = {
    ("proposed", "permitted"), ("proposed", "void"), ("proposed", "quarantined"),
    ("permitted", "recorded"), ("permitted", "void"), ("permitted", "quarantined"),
}  # fmt: skip
STATES = ("proposed", "permitted", "recorded", "void", "quarantined")


async def accepted(database: Database) -> tuple[asyncpg.Connection, Lease]:
    front = await database.connect("front", "092029")
    lease = await requests.accept(front, NEW)
    assert lease is not None
    return front, lease


async def test_only_one_accepts(database: Database) -> None:
    front, _ = await accepted(database)
    assert await requests.accept(front, NEW) is None


async def test_only_the_holder_of_the_lease_ends_the_request(database: Database) -> None:
    front, lease = await accepted(database)
    after = NOW + timedelta(seconds=10)
    second = await requests.take_over(front, KEY, after, after + timedelta(seconds=10))
    assert second is not None
    assert second.token > lease.token
    assert not await requests.finish(front, lease, "refused", "not_available")
    assert await requests.finish(front, second, "refused", "not_available")


async def test_a_lease_in_force_is_not_taken_over(database: Database) -> None:
    front, _ = await accepted(database)
    almost = NOW + timedelta(seconds=9)
    assert await requests.take_over(front, KEY, almost, almost + timedelta(seconds=10)) is None


@pytest.mark.parametrize("final", ["answered", "refused"])
async def test_a_final_request_is_never_opened_again(database: Database, final: str) -> None:
    front, lease = await accepted(database)
    number = "1" if final == "answered" else None
    assert await requests.finish(front, lease, final, "code", number)  # type: ignore[arg-type]  # both are allowed words
    later = NOW + timedelta(days=1)
    assert await requests.take_over(front, KEY, later, later) is None
    with pytest.raises(asyncpg.PostgresError, match="cannot go from"):
        await front.execute("UPDATE issuance.request SET state = 'accepted', result_code = NULL")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(old=st.sampled_from(STATES), new=st.sampled_from(STATES))
async def test_an_intent_moves_forward_only(database: Database, old: str, new: str) -> None:
    admin = await database.connect("postgres", "092029")
    async with admin.transaction():
        await requests.accept(admin, NEW)
        await admin.execute(
            """
            INSERT INTO issuance.intent (municipality_code, issuance_number, caller_id, request_id, lease_token, kind, channel, fee_yen,
                instant, pages, snapshot_digest, document_digest, state)
            VALUES ('092029', 'n', 'centre', 'request-1', 1, 'resident_record', 'centre', 200, $1, 1, '', 'd', $2)
            ON CONFLICT DO NOTHING
            """,
            NOW,
            old,
        )
        savepoint = admin.transaction()
        await savepoint.start()
        moved = True
        try:
            await admin.execute("UPDATE issuance.intent SET state = $1", new)
        except asyncpg.PostgresError:
            moved = False
        await savepoint.rollback()
        await admin.execute("DELETE FROM issuance.intent")
        await admin.execute("DELETE FROM issuance.request")
    assert moved == ((old, new) in FORWARD)
