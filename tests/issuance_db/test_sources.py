"""Fed data: every change moves a sequence that outlives the row, and no change passes a permit in progress."""

from datetime import date
from hashlib import sha256

import asyncpg
import pytest

from tests.servers import Database

CITY = "092029"
PERSON = "0000000001"
ADD_SEAL = """
INSERT INTO issuance.seal_registration (
    municipality_code, person_number, registration_number, registered_on, name, birth_on, address, image, image_sha256
) VALUES ($1, $2, $3, $4, '山田花子', $5, '足利市本城三丁目2145番地', $6, $7)
"""
SEQUENCE = "SELECT last_sequence FROM issuance.source_sequence WHERE source = $1 AND number = $2"
KOSEKI = [
    (
        "INSERT INTO issuance.koseki (municipality_code, koseki_number, domicile, first_registrant) "
        "VALUES ('092029', 'K1', '足利市本城三丁目2145番地', '山田太郎')"
    ),
    (
        "INSERT INTO issuance.koseki_member (municipality_code, koseki_number, position, koseki_person_number, surname, "
        "given_name, birth_on, relationship) VALUES ('092029', 'K1', 1, 'KP1', '山田', '太郎', '1960-01-01', '長男')"
    ),
    (
        "INSERT INTO issuance.koseki_item (municipality_code, koseki_number, item_number, member_position, heading) "
        "VALUES ('092029', 'K1', 1, 1, '出生')"
    ),
    (
        "INSERT INTO issuance.koseki_paragraph (municipality_code, koseki_number, item_number, paragraph_number, label, content) "
        "VALUES ('092029', 'K1', 1, 1, '出生日', '昭和35年1月1日')"
    ),
]
KOSEKI_CHANGES = [
    "UPDATE issuance.koseki SET pending_since = now()",
    "UPDATE issuance.koseki_member SET removed = true",
    "UPDATE issuance.koseki_item SET heading = '婚姻'",
    "UPDATE issuance.koseki_paragraph SET content = '昭和35年1月2日'",
    "DELETE FROM issuance.koseki_paragraph",
    "DELETE FROM issuance.koseki_item",
    "DELETE FROM issuance.koseki_member",
    "DELETE FROM issuance.koseki",
]
PERMIT = "SELECT shared.lock_subjects_for_permit('092029', ARRAY[$1::text], ARRAY[$2::text])"


async def add_seal(
    connection: asyncpg.Connection, number: str = "S1", image: bytes = b"png", digest: bytes = b""
) -> None:
    digest = digest or sha256(image).digest()
    await connection.execute(ADD_SEAL, CITY, PERSON, number, date(2020, 4, 1), date(1980, 2, 29), image, digest)


async def koseki_city(database: Database) -> asyncpg.Connection:
    sync = await database.connect("sync", CITY)
    for statement in KOSEKI:
        await sync.execute(statement)
    return sync


async def test_mis_07_a_deleted_and_a_new_registration_move_the_sequence(database: Database) -> None:
    sync = await database.connect("sync", CITY)
    seen = []
    for change in (
        "add",
        "UPDATE issuance.seal_registration SET name = '山田葉子'",
        "DELETE FROM issuance.seal_registration",
        "add",
    ):
        await (add_seal(sync) if change == "add" else sync.execute(change))
        seen.append(await sync.fetchval(SEQUENCE, "seal", PERSON))
    assert seen == [1, 2, 3, 4]


async def test_mis_07_a_person_has_one_living_registration(database: Database) -> None:
    sync = await database.connect("sync", CITY)
    await add_seal(sync)
    with pytest.raises(asyncpg.UniqueViolationError):
        await add_seal(sync, "S2")


async def test_an_image_that_is_not_of_its_digest_is_refused(database: Database) -> None:
    sync = await database.connect("sync", CITY)
    with pytest.raises(asyncpg.CheckViolationError):
        await add_seal(sync, digest=sha256(b"another image").digest())


async def test_each_change_of_a_koseki_moves_its_sequence(database: Database) -> None:
    sync = await koseki_city(database)
    last = await sync.fetchval(SEQUENCE, "koseki", "K1")
    for change in KOSEKI_CHANGES:
        await sync.execute(change)
        now = await sync.fetchval(SEQUENCE, "koseki", "K1")
        assert now > last, change
        last = now


@pytest.mark.parametrize("column", ["person_number", "koseki_person_number"])
async def test_nobody_lives_in_two_koseki(database: Database, column: str) -> None:
    sync = await koseki_city(database)
    await sync.execute("UPDATE issuance.koseki_member SET person_number = 'P1'")
    await sync.execute(KOSEKI[0].replace("'K1'", "'K2'"))
    second = KOSEKI[1].replace("'K1'", "'K2'").replace("'KP1'", "'KP2'")
    await sync.execute(second)
    with pytest.raises(asyncpg.UniqueViolationError):
        await sync.execute(
            f"UPDATE issuance.koseki_member SET {column} = (SELECT {column} FROM issuance.koseki_member "
            "WHERE koseki_number = 'K1') WHERE koseki_number = 'K2'"
        )


@pytest.mark.parametrize(
    ("role", "subject", "number", "change"),
    [
        ("sync", "person", PERSON, "DELETE FROM issuance.seal_registration"),
        *(("sync", "koseki", "K1", change) for change in KOSEKI_CHANGES),
        ("staff", "koseki_person", "KP1", "INSERT INTO issuance.koseki_suppression VALUES ('092029', 'KP1', 'staff')"),
    ],
)
async def test_i3_no_change_passes_a_permit_in_progress(
    database: Database, role: str, subject: str, number: str, change: str
) -> None:
    await add_seal(await koseki_city(database))
    front = await database.connect("front", CITY)
    writer = await database.connect(role, CITY)
    await writer.execute("SET lock_timeout = '50ms'")
    async with front.transaction():
        await front.execute(PERMIT, subject, number)
        with pytest.raises(asyncpg.LockNotAvailableError):
            await writer.execute(change)
    await writer.execute(change)


async def test_a_measure_of_a_koseki_person_is_staffs_alone_so_that_somebody_can_end_it(database: Database) -> None:
    sync = await database.connect("sync", CITY)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await sync.execute("INSERT INTO issuance.koseki_suppression VALUES ('092029', 'KP1', 'feed')")


async def test_staff_cannot_say_that_a_feed_is_newer(database: Database) -> None:
    sync, staff = await database.connect("sync", CITY), await database.connect("staff", CITY)
    await staff.execute("INSERT INTO issuance.source VALUES ($1, 'seal', now() - interval '1 day', '1 hour')", CITY)
    await staff.execute("UPDATE issuance.source SET working_limit = interval '2 hours'")
    await sync.execute("UPDATE issuance.source SET fed_at = now()")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await staff.execute("UPDATE issuance.source SET fed_at = now()")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await sync.execute("UPDATE issuance.source SET age_limit = interval '1 year'")


@pytest.mark.parametrize(
    "table", ["seal_registration", "koseki", "koseki_member", "koseki_suppression", "source", "source_sequence"]
)
async def test_r_13_front_changes_no_fed_data(database: Database, table: str) -> None:
    front = await database.connect("front", CITY)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await front.execute(f"DELETE FROM issuance.{table}")
