"""At retention personal columns and salts go, by two persons; nothing else ever does (R-41)."""

from datetime import UTC, datetime

import asyncpg
import pytest

from issuance_db.log.erasing import (
    ERASED_TABLES,
    ApprovedAlready,
    ErasureUnknown,
    NotApproved,
    approve_erasure,
    ask_for_erasure,
    erase,
)
from tests.history_log.books import CITY, attacker, batcher, books, leaves
from tests.servers import Database

FAR = datetime(2999, 1, 1, tzinfo=UTC)
NAMED = """
    SELECT (SELECT count(*) FROM history.issuance_subject WHERE person_number IS NOT NULL OR household_number IS NOT NULL)
        + (SELECT count(*) FROM history.refusal_reason WHERE person_number IS NOT NULL OR reason IS NOT NULL)
        + (SELECT count(*) FROM history.entry WHERE salt IS NOT NULL)
"""


async def age(database: Database) -> None:
    """Let five years pass: when a row was entered is the only thing that says how old it is."""
    async with attacker(database) as connection:
        await connection.execute("UPDATE history.entry SET entered_at = entered_at - interval '5 years 1 day'")


async def approved(database: Database) -> tuple[asyncpg.Connection, int]:
    purger = await database.connect("purger", CITY)
    number = await ask_for_erasure(purger, CITY, FAR, "retention")
    assert [await approve_erasure(purger, CITY, number, name) for name in ("sato", "suzuki")] == [1, 2]
    return purger, number


async def test_r_41_two_persons_erase_what_is_past_retention_and_the_erasure_is_a_leaf(database: Database) -> None:
    city, one = await books(database), await batcher(database)
    await city.issue()
    await city.refuse()
    await one.batch()
    await age(database)
    purger, number = await approved(database)
    async with purger.transaction():
        assert await erase(purger, CITY, number) == {
            "issuance_subject": 2,
            "issuance_koseki_person": 0,
            "my_number_read": 0,
            "record_difference": 0,
            "record_repair": 0,
            "refusal_reason": 1,
            "source_difference": 0,
            "staff_act": 0,
            "staff_reading": 0,
            "koseki_access": 0,
        }
    reader = await database.connect("postgres", CITY)
    assert await reader.fetchval(NAMED) == 0
    await one.batch()
    assert [name for _, name in await leaves(database)].count("erased") == len(ERASED_TABLES) + 1


async def test_r_41_every_table_that_names_persons_is_erased(database: Database) -> None:
    """A migration that joins a table with personal columns to the log adds it to ERASED_TABLES too."""
    admin = await database.connect()
    rows = await admin.fetch(
        "SELECT c.relname, string_to_array(encode(t.tgargs, 'escape'), '\\000') AS arguments FROM pg_trigger AS t "
        "JOIN pg_class AS c ON c.oid = t.tgrelid WHERE t.tgname = 'never_changed' AND c.relnamespace = 'history'::regnamespace"
    )
    named = {row["relname"] for row in rows if row["relname"] != "entry" and row["arguments"][0] not in {"", "{}"}}
    assert named == set(ERASED_TABLES)


async def test_r_41_who_differed_from_a_source_is_forgotten_at_retention(database: Database) -> None:
    sync, one = await database.connect("sync", CITY), await batcher(database)
    comparison = await sync.fetchval(
        "INSERT INTO history.source_comparison (municipality_code, source, file_number, as_of, sha256, at_source, here, compared_at) "
        "VALUES ($1, 'seal', 1, now(), '', 1, 2, now()) RETURNING comparison_id",
        CITY,
    )
    await sync.execute(
        "INSERT INTO history.source_difference (municipality_code, comparison_id, position, person_number, difference) "
        "VALUES ($1, $2, 1, '0000000101', 'extra')",
        CITY,
        comparison,
    )
    await one.batch()
    await age(database)
    purger, number = await approved(database)
    async with purger.transaction():
        assert (await erase(purger, CITY, number))["source_difference"] == 1
    row = await sync.fetchrow("SELECT person_number, difference FROM history.source_difference")
    assert row is not None
    assert (row["person_number"], row["difference"]) == (None, "extra")


APPLICATION = (
    "INSERT INTO issuance.koseki_access (municipality_code, caller_id, request_id, fingerprint, terminal_operator, terminal_store, "
    "terminal_id, issuer_key_id, serial, certificate_until, name, birth_on, domicile, first_registrant, submitted_at, alert_on, due_on) "
    "VALUES ($1, 'c', $2, '', 'o', 's', 't', 'ab', $2, '2031-01-01', '足利　花子', '1980-04-01', '足利市', '足利　太郎', now(), now(), now())"
)
END = {
    "refused": "state = 'refused', decided_at = now(), decided_by = '職員', refused_for = 'not_found'",
    "withdrawn": "state = 'withdrawn', ended_at = now(), end_cause = 'asked'",
    "accepted": "state = 'accepted', decided_at = now(), decided_by = '職員', koseki_number = 'K', koseki_person_number = 'P', "
    "accepted_name = '足利　花子', accepted_domicile = '足利市', accepted_first_registrant = '足利　太郎'",
}


async def applications(database: Database, request: str) -> None:
    """One that waits, and one of each sort that was decided or has ended."""
    front, staff = await database.connect("front", CITY), await database.connect("staff", CITY)
    await front.execute(APPLICATION, CITY, f"submitted {request}")
    for state, change in END.items():
        await front.execute(APPLICATION, CITY, f"{state} {request}")
        ending = change.replace("'P'", f"'{request}'")
        await staff.execute(f"UPDATE issuance.koseki_access SET {ending} WHERE request_id = $1", f"{state} {request}")


async def test_r_41_applications_for_koseki_access_go_once_they_ended_long_ago(database: Database) -> None:
    one = await batcher(database)
    await applications(database, "old")
    await one.batch()
    await age(database)
    await applications(database, "young")
    purger, number = await approved(database)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await purger.execute("DELETE FROM issuance.koseki_access")
    with pytest.raises(asyncpg.PostgresError, match="approved by two persons"):
        await purger.fetchval("SELECT history.erase_koseki_access($1)", number + 1)
    async with purger.transaction():
        assert (await erase(purger, CITY, number))["koseki_access"] == 2
    staff = await database.connect("staff", CITY)
    left = await staff.fetch("SELECT request_id FROM issuance.koseki_access")
    young = {f"{state} young" for state in (*END, "submitted")}
    assert {row["request_id"] for row in left} == young | {"accepted old", "submitted old"}
    assert await staff.fetchval("SELECT count(*) FROM history.koseki_access_step") == 2 * (4 + 3)


async def test_r_41_nothing_younger_than_retention_is_touched(database: Database) -> None:
    city, one = await books(database), await batcher(database)
    await city.issue()
    await one.batch()
    purger, number = await approved(database)
    async with purger.transaction():
        assert set((await erase(purger, CITY, number)).values()) == {0}
    reader = await database.connect("postgres", CITY)
    assert await reader.fetchval(NAMED) == 2 + 2


async def test_r_41_one_person_is_not_enough_and_nobody_counts_twice(database: Database) -> None:
    purger = await database.connect("purger", CITY)
    number = await ask_for_erasure(purger, CITY, FAR, "retention")
    await approve_erasure(purger, CITY, number, "sato")
    with pytest.raises(ApprovedAlready):
        await approve_erasure(purger, CITY, number, "sato")
    with pytest.raises(NotApproved):
        await erase(purger, CITY, number)
    with pytest.raises(asyncpg.PostgresError, match="approved by two persons"):
        await purger.fetchval("SELECT history.erase_in($1, 'issuance_subject')", number)
    with pytest.raises(ErasureUnknown):
        await approve_erasure(purger, CITY, number + 1, "sato")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE history.issuance_subject SET person_number = NULL",
        "UPDATE history.issuance_subject SET person_number = NULL, household_number = '1'",
        "UPDATE history.issuance_subject SET person_number = NULL, household_number = NULL, asked_by = NOT asked_by",
        "UPDATE history.issuance_subject SET asked_by = NOT asked_by",
        "UPDATE history.entry SET salt = NULL, commitment = ''",
        "UPDATE history.entry SET salt = sha256('other')",
        "UPDATE history.issuance SET fee_yen = 0",
        "DELETE FROM history.issuance_subject",
        "DELETE FROM history.entry",
        "UPDATE history.leaf SET leaf_hash = sha256('other')",
    ],
)
async def test_i7_an_approved_erasure_allows_nothing_else(database: Database, change: str) -> None:
    city, one = await books(database), await batcher(database)
    await city.issue()
    await one.batch()
    await age(database)
    _, number = await approved(database)
    admin = await database.connect("postgres", CITY)
    await admin.execute("SELECT set_config('kiosk.erasure', $1, false)", str(number))
    with pytest.raises(asyncpg.PostgresError, match="history is never changed"):
        await admin.execute(change)


async def test_i7_a_row_that_is_no_leaf_yet_is_not_erased(database: Database) -> None:
    city = await books(database)
    await city.issue()
    await age(database)
    purger, number = await approved(database)
    with pytest.raises(asyncpg.PostgresError, match="history is never changed"):
        await erase(purger, CITY, number)
