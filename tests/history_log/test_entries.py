"""Numbers, salts and digests of history are the database's own; programs bring the facts."""

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from issuance_db import history, requests
from issuance_db.database import DatabaseConflict
from issuance_db.requests import NewRequest, RequestKey, Terminal
from tests.history_log.books import until
from tests.servers import Database

CITY = "092029"
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
KEY = RequestKey(CITY, "centre", "issuances", "request-1")


@pytest.fixture
async def front(database: Database) -> asyncpg.Connection:
    connection = await database.connect("front", CITY)
    new = NewRequest(
        KEY, b"mark", "resident_record", "centre", Terminal("a", "b", "c"), NOW, NOW + timedelta(seconds=10)
    )
    assert await requests.accept(connection, new) is not None
    return connection


@pytest.mark.parametrize("column", ["step", "salt", "previous_digest", "digest"])
async def test_i7_front_writes_no_number_salt_or_digest(front: asyncpg.Connection, column: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await front.execute(
            f"INSERT INTO history.transition (municipality_code, caller_id, call, request_id, state, happened_at, {column}) "
            "VALUES ($1, $2, $3, $4, 'accepted', $5, NULL)",
            *KEY.columns,
            NOW,
        )


async def test_i7_what_a_superuser_brings_is_replaced(front: asyncpg.Connection, database: Database) -> None:
    admin = await database.connect("postgres", CITY)
    await admin.execute(
        "INSERT INTO history.transition VALUES ($1, $2, $3, $4, 99, 'accepted', NULL, NULL, $5, '', '', '')",
        *KEY.columns,
        NOW,
    )
    rows = await front.fetch("SELECT step, previous_digest, digest FROM history.transition ORDER BY step")
    assert [row["step"] for row in rows] == [1, 2]
    assert rows[1]["previous_digest"] == rows[0]["digest"]


@pytest.mark.parametrize(
    ("state", "code", "number"),
    [
        ("answered", "issued", "20261123-01-00000001-0"),
        ("refused", "not_available", None),
        ("abandoned", "timed_out", None),
        ("permitted", None, "20261123-01-00000001-0"),
        ("withdrawn", "not_available", "20261123-01-00000001-0"),
    ],
)
async def test_i4_a_step_that_is_not_true_is_refused(
    front: asyncpg.Connection, state: str, code: str | None, number: str | None
) -> None:
    with pytest.raises(asyncpg.PostgresError, match="is not what the request or the attempt is now"):
        await history.add_step(front, KEY, state, NOW, code=code, issuance_number=number)


async def test_i7_two_steps_at_once_collide_and_never_fork(front: asyncpg.Connection, database: Database) -> None:
    other = await database.connect("front", CITY)
    first = front.transaction()
    await first.start()
    await history.add_step(front, KEY, "accepted", NOW)
    second = asyncio.create_task(history.add_step(other, KEY, "accepted", NOW))
    watcher = await database.connect()
    waiting = "SELECT true FROM pg_locks WHERE NOT granted"
    await until(lambda: watcher.fetchval(waiting))
    await first.commit()
    with pytest.raises(DatabaseConflict):
        await second
    steps = await front.fetch("SELECT step, previous_digest FROM history.transition ORDER BY step")
    assert [row["step"] for row in steps] == [1, 2]


async def test_i7_every_row_has_one_entry_of_its_transaction(front: asyncpg.Connection, database: Database) -> None:
    async with front.transaction():
        transaction_id = await front.fetchval("SELECT pg_current_xact_id()::text")
        await history.add_step(front, KEY, "accepted", NOW)
        await history.open_alert(front, CITY, "test", "detail")
    admin = await database.connect("fsck", CITY)
    entries = await admin.fetch(
        "SELECT table_name, row_key::text AS key, transaction_id::text AS transaction_id, octet_length(personal_commitment) AS personal, "
        "octet_length(commitment) AS commitment FROM history.entry WHERE transaction_id = $1::text::xid8 ORDER BY entry_id",
        transaction_id,
    )
    assert [(entry["table_name"], entry["key"]) for entry in entries] == [
        ("transition", '["centre", "issuances", "request-1", 2]'),
        ("alert", "[1]"),
    ]
    assert {entry["transaction_id"] for entry in entries} == {transaction_id}
    assert {(entry["personal"], entry["commitment"]) for entry in entries} == {(32, 32)}


async def test_i7_a_row_that_was_there_already_makes_no_second_entry(database: Database) -> None:
    admin = await database.connect("postgres", CITY)
    await admin.execute(
        "INSERT INTO history.refusal_reason (municipality_code, caller_id, call, request_id, happened_at, reason) "
        "SELECT $1, $2, $3, $4, $5, 'reason' FROM generate_series(1, 2) ON CONFLICT DO NOTHING",
        *KEY.columns,
        NOW,
    )
    assert await admin.fetchval("SELECT count(*) FROM history.entry") == 1


@pytest.mark.parametrize("setting", ["TimeZone = 'Asia/Tokyo'", "bytea_output = 'escape'", "DateStyle = 'SQL, DMY'"])
async def test_i7_a_commitment_does_not_depend_on_who_is_connected(database: Database, setting: str) -> None:
    admin = await database.connect("postgres", CITY)
    insert = (
        "INSERT INTO history.refusal_reason (municipality_code, caller_id, call, request_id, happened_at, reason) "
        f"VALUES ('{CITY}', 'centre', 'menus', $1, '2026-11-23 03:00+00', 'r')"
    )
    await admin.execute(f"SET {setting}")
    await admin.execute(insert, "other")
    # The same row under the house's own settings, in a second table of the same shape, commits to the same open text.
    row = await admin.fetchrow(
        "SELECT personal_commitment || convert_to(table_name || E'\\n' || "
        '\'{"call": "menus", "caller_id": "centre", "request_id": "other", "happened_at": "2026-11-23T03:00:00+00:00", '
        '"municipality_code": "092029"}\', \'UTF8\') AS text, commitment FROM history.entry'
    )
    assert row is not None
    assert await admin.fetchval("SELECT sha256($1)", row["text"]) == row["commitment"]


async def test_r_31_nobody_is_left_unnamed_from_the_beginning(database: Database) -> None:
    front = await database.connect("front", CITY)
    with pytest.raises(asyncpg.NotNullViolationError):
        await history.add_my_number_read(front, CITY, None, None, purpose="certificate", allowed=True)  # type: ignore[arg-type]  # the point
