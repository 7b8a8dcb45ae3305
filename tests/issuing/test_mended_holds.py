"""Whoever was listed because of their data is listed as long as that data stands, and no longer."""

from collections.abc import AsyncIterator
from datetime import date

import asyncpg
import pytest

from issuance_db.database import Database
from kiosk_server.issuing.refusal import Refusal
from kiosk_server.issuing.request import Kind
from kiosk_server.processes.sweeper import end_mended
from tests.issuing.city import City
from tests.issuing.fed import EVERY_KIND, Fed
from tests.sync.registry_rows import CITY

GAIJI = "足利　辻\U000e01ef"


@pytest.fixture
async def sweeper(ashikaga: City) -> AsyncIterator[Database]:
    async with Database.open(ashikaga.database.dsn("sweeper"), max_size=1) as database:
        yield database


async def reason(fed: Fed, kind: Kind = Kind.RESIDENT_RECORD, person: str = "101") -> str | None:
    """Why not, or None where it is issued: of the whole household, or of a tax year."""
    chosen = {"persons": "household"} if kind is Kind.RESIDENT_RECORD else {"choice": "2026"}
    try:
        await fed.city.issuing.issue(EVERY_KIND, fed.request(kind, await fed.card(person), **chosen))
    except Refusal as refusal:
        return refusal.reason
    return None


async def named(city: City, name: str) -> None:
    await city.registry.person("103", name=name)
    await city.registry.household("900", "101")
    await city.project()


async def listed(city: City) -> list[tuple[str, str]]:
    rows = await city.rows("SELECT person_number, cause FROM issuance.person_held_back ORDER BY cause")
    return [(str(row["person_number"]), str(row["cause"])) for row in rows]


async def test_who_gets_a_name_that_can_be_printed_is_issued_again(fed: Fed, sweeper: Database) -> None:
    await named(fed.city, GAIJI)
    assert await reason(fed) == "cannot_be_printed"
    assert await end_mended(sweeper, CITY) == 0
    assert (await listed(fed.city), await reason(fed)) == ([("103", "character")], "held_back")
    await named(fed.city, "足利　三郎")
    assert await end_mended(sweeper, CITY) == 1
    assert (await listed(fed.city), await reason(fed)) == ([], None)


async def test_what_changed_and_is_not_mended_is_listed_again(fed: Fed, sweeper: Database) -> None:
    await named(fed.city, GAIJI)
    assert await reason(fed) == "cannot_be_printed"
    await named(fed.city, f"{GAIJI}子")
    assert await end_mended(sweeper, CITY) == 1
    assert await reason(fed) == "cannot_be_printed"
    assert await listed(fed.city) == [("103", "character")]
    assert await end_mended(sweeper, CITY) == 0


async def test_two_sources_that_say_the_same_again_are_believed_again(fed: Fed, sweeper: Database) -> None:
    await fed.tax_record("101", birth_on=date(1980, 4, 2))
    assert await reason(fed, Kind.TAX_PAYMENT) == "record_contradicts_itself"
    assert await reason(fed, Kind.TAX_PAYMENT) == "held_back"
    feeding = await fed.city.database.connect("sync", CITY)
    await feeding.execute("DELETE FROM issuance.tax_record WHERE person_number = '101'")
    await fed.tax_record("101")
    assert await end_mended(sweeper, CITY) == 1
    assert (await listed(fed.city), await reason(fed, Kind.TAX_PAYMENT)) == ([], None)


async def test_what_staff_or_the_projection_hold_back_stays(fed: Fed, sweeper: Database) -> None:
    await fed.city.rows(
        "INSERT INTO issuance.person_held_back (municipality_code, person_number, cause, item) "
        f"VALUES ('{CITY}', '103', 'doubt', 'staff'), ('{CITY}', '103', 'projection', 'name') RETURNING 1"
    )
    await named(fed.city, "足利　三郎")
    assert await end_mended(sweeper, CITY) == 0
    assert ("103", "doubt") in await listed(fed.city)


async def test_the_sweeper_can_end_no_other_hold(fed: Fed, sweeper: Database) -> None:
    for statement in ("DELETE FROM issuance.person_held_back", "SELECT issuance.changes_of('092029', '101')"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with sweeper.city(CITY) as connection:
                await connection.execute(statement)
