"""What a city's file says of tax years and of kinds given up is stored and read back, and nothing of it is overwritten."""

from datetime import date

import asyncpg
import pytest

from issuance_db.city_settings import CityChanges, CityRows, Municipality, Retirement, TaxYear, change_city, read_city
from tests.servers import Database

CITY = "092029"
OLD = TaxYear("tax_income", 2025, date(2025, 6, 10), None)
NEW = TaxYear("tax_income", 2026, date(2026, 6, 10), None)
LAST_DAY = Retirement("tax_payment", date(2027, 3, 31))


async def test_tax_years_and_last_days_come_back_and_a_year_is_given_its_last_day(database: Database) -> None:
    staff = await database.connect("staff", CITY)
    town = Municipality("足利市", my_number_allowed=True, minimum_age=15)
    await change_city(staff, CITY, CityChanges(CityRows(town, tax_years=(OLD,), retirements=(LAST_DAY,))))
    ended = TaxYear(OLD.kind, OLD.year, OLD.start, date(2026, 5, 31))
    await change_city(staff, CITY, CityChanges(CityRows(tax_years=(NEW,)), ended_tax_years=(ended,)))
    stored = await read_city(staff, CITY)
    assert (stored.tax_years, stored.retirements) == ((ended, NEW), (LAST_DAY,))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE issuance.kind_retirement SET last_day = '2030-01-01'",
        "UPDATE issuance.tax_year SET offered_from = '2020-01-01'",
    ],
)
async def test_staff_move_no_first_day_and_no_last_day_of_a_kind(database: Database, statement: str) -> None:
    staff = await database.connect("staff", CITY)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await staff.execute(statement)


async def test_a_tax_year_that_has_begun_is_taken_back_by_nobody_and_one_to_come_is(database: Database) -> None:
    staff = await database.connect("staff", CITY)
    await staff.execute(
        "INSERT INTO issuance.tax_year VALUES ('092029', 'tax_income', 2025, '2025-06-10'), ('092029', 'tax_income', 2090, '2090-06-10')"
    )
    assert await staff.execute("DELETE FROM issuance.tax_year") == "DELETE 1"
    assert [year.year for year in (await read_city(staff, CITY)).tax_years] == [2025]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO issuance.kind_retirement VALUES ('092029', 'tax_income', '2026-01-01')",
        "INSERT INTO issuance.tax_year VALUES ('092029', 'tax_income', 2026, '2026-01-01')",
    ],
)
async def test_front_decides_nothing_about_what_a_city_offers(database: Database, statement: str) -> None:
    front = await database.connect("front", CITY)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await front.execute(statement)
