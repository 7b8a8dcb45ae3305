"""Tables of a source that speaks of persons (`issuance.join_source`): every change moves the person's sequence, and none passes a permit."""

import asyncpg
import pytest

from tests.servers import Database

CITY = "092029"
PERSON = "0000000101"
OTHER = "0000000102"
HOLDER = "'足利　太郎', '1980-02-29', NULL, '足利市本城三丁目2145番地'"
ROWS = {
    "tax": (
        f"INSERT INTO issuance.tax_record VALUES ('{CITY}', '{PERSON}', 2026, {HOLDER}, '足利市', true)",
        f"INSERT INTO issuance.tax_amount VALUES ('{CITY}', '{PERSON}', 2026, 'total_income', 1)",
    ),
    "disaster": (
        (
            f"INSERT INTO issuance.disaster_damage VALUES ('{CITY}', 'R8-1', '{PERSON}', {HOLDER}, '見本台風', '2026-09-12', '浸水', "
            "'足利市', 'half')"
        ),
    ),
}
CHANGES = [
    ("tax", "UPDATE issuance.tax_record SET declared = false"),
    ("tax", "UPDATE issuance.tax_amount SET amount = 2"),
    ("tax", "DELETE FROM issuance.tax_amount"),
    ("tax", "DELETE FROM issuance.tax_record"),
    ("disaster", "UPDATE issuance.disaster_damage SET degree = 'total'"),
    ("disaster", "UPDATE issuance.disaster_damage SET reassessing_since = now()"),
    ("disaster", "DELETE FROM issuance.disaster_damage"),
]
PERMIT = "SELECT shared.lock_subjects_for_permit($1, ARRAY['person'], ARRAY[$2::text])"
SEQUENCE = "SELECT last_sequence FROM issuance.source_sequence WHERE source = $1 AND number = $2"


async def fed(database: Database, source: str) -> asyncpg.Connection:
    sync = await database.connect("sync", CITY)
    for row in ROWS[source]:
        await sync.execute(row)
    return sync


@pytest.mark.parametrize(("source", "change"), CHANGES)
async def test_i3_a_change_moves_the_sequence_and_passes_no_permit_in_progress(
    database: Database, source: str, change: str
) -> None:
    sync = await fed(database, source)
    before = await sync.fetchval(SEQUENCE, source, PERSON)
    front = await database.connect("front", CITY)
    await sync.execute("SET lock_timeout = '50ms'")
    async with front.transaction():
        await front.execute(PERMIT, CITY, PERSON)
        with pytest.raises(asyncpg.LockNotAvailableError):
            await sync.execute(change)
    await sync.execute(change)
    assert await sync.fetchval(SEQUENCE, source, PERSON) > before


@pytest.mark.parametrize("source", ROWS)
async def test_a_record_that_changes_its_person_moves_both(database: Database, source: str) -> None:
    sync = await fed(database, source)
    if source == "tax":
        await sync.execute("DELETE FROM issuance.tax_amount")
    before = await sync.fetchval(SEQUENCE, source, PERSON)
    table = {"tax": "tax_record", "disaster": "disaster_damage"}[source]
    await sync.execute(f"UPDATE issuance.{table} SET person_number = $1", OTHER)
    assert await sync.fetchval(SEQUENCE, source, PERSON) == before + 1
    assert await sync.fetchval(SEQUENCE, source, OTHER) == 1


@pytest.mark.parametrize("table", ["tax_record", "tax_amount", "disaster_damage"])
@pytest.mark.parametrize("role", ["front", "staff"])
async def test_r_13_only_the_feed_writes_what_a_source_says(database: Database, table: str, role: str) -> None:
    connection = await database.connect(role, CITY)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(f"DELETE FROM issuance.{table}")


@pytest.mark.parametrize("source", ["Tax", "tax/holder", "", "x" * 31])
async def test_a_source_has_a_plain_name(database: Database, source: str) -> None:
    staff = await database.connect("staff", CITY)
    with pytest.raises(asyncpg.CheckViolationError):
        await staff.execute("INSERT INTO issuance.source VALUES ($1, $2, now(), '1 hour')", CITY, source)
