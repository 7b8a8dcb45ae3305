"""附票: every change moves its sequence under the lock of its koseki; nobody lives in two."""

import asyncpg
import pytest

from tests.servers import Database

CITY = "092029"
SUPPLEMENT = [
    (
        "INSERT INTO issuance.koseki_supplement (municipality_code, koseki_number, domicile, first_registrant) "
        "VALUES ('092029', 'K1', '足利市本城三丁目2145番地', '山田太郎')"
    ),
    (
        "INSERT INTO issuance.koseki_supplement_person (municipality_code, koseki_number, position, koseki_person_number, person_number, "
        "name) VALUES ('092029', 'K1', 1, 'KP1', 'P1', '山田　太郎')"
    ),
    (
        "INSERT INTO issuance.koseki_supplement_address (municipality_code, koseki_number, position, address_number, address) "
        "VALUES ('092029', 'K1', 1, 1, '足利市本城三丁目2145番地')"
    ),
]
CHANGES = [
    "UPDATE issuance.koseki_supplement SET domicile = '足利市通二丁目1番地'",
    "UPDATE issuance.koseki_supplement_person SET removed = true",
    "UPDATE issuance.koseki_supplement_address SET address = '足利市通二丁目1番地'",
    "DELETE FROM issuance.koseki_supplement_address",
    "DELETE FROM issuance.koseki_supplement_person",
    "DELETE FROM issuance.koseki_supplement",
]
SEQUENCE = "SELECT last_sequence FROM issuance.source_sequence WHERE source = 'koseki_supplement' AND number = 'K1'"


@pytest.fixture
async def sync(database: Database) -> asyncpg.Connection:
    connection = await database.connect("sync", CITY)
    for statement in SUPPLEMENT:
        await connection.execute(statement)
    return connection


async def test_each_change_moves_its_own_sequence(sync: asyncpg.Connection) -> None:
    last = await sync.fetchval(SEQUENCE)
    for change in CHANGES:
        await sync.execute(change)
        now = await sync.fetchval(SEQUENCE)
        assert now > last, change
        last = now
    assert await sync.fetchval("SELECT count(*) FROM issuance.source_sequence WHERE source = 'koseki'") == 0


@pytest.mark.parametrize("change", CHANGES)
async def test_i3_no_change_passes_a_permit_in_progress(
    database: Database, sync: asyncpg.Connection, change: str
) -> None:
    front = await database.connect("front", CITY)
    await sync.execute("SET lock_timeout = '50ms'")
    async with front.transaction():
        await front.execute("SELECT shared.lock_subjects_for_permit('092029', ARRAY['koseki'], ARRAY['K1'])")
        with pytest.raises(asyncpg.LockNotAvailableError):
            await sync.execute(change)
    await sync.execute(change)


async def test_nobody_lives_in_two(sync: asyncpg.Connection) -> None:
    await sync.execute(SUPPLEMENT[0].replace("'K1'", "'K2'"))
    second = SUPPLEMENT[1].replace("'K1'", "'K2'").replace("'KP1'", "'KP2'")
    with pytest.raises(asyncpg.UniqueViolationError):
        await sync.execute(second)
    await sync.execute(second.replace("name)", "name, removed)").replace("太郎')", "太郎', true)"))


@pytest.mark.parametrize("table", ["koseki_supplement", "koseki_supplement_person", "koseki_supplement_address"])
async def test_r_13_front_and_staff_change_none_of_it(database: Database, sync: asyncpg.Connection, table: str) -> None:
    for role in ("front", "staff"):
        connection = await database.connect(role, CITY)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(f"DELETE FROM issuance.{table}")
    assert await sync.fetchval(f"SELECT count(*) FROM issuance.{table}") == 1
