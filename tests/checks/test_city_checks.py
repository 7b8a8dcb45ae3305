"""Okayama 2023 printed 14 certificates without a seal; here nothing is served without one."""

from datetime import datetime, timedelta

import pytest

from civil.calendar import JST, jst_date
from kiosk_server.checks import city
from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.settings import read_settings
from tests.checks.conftest import MovableClock
from tests.checks.told import advice, wrong
from tests.processes.nodes import Nodes
from tests.sync.registry_rows import CITY, OTHER_CITY


async def as_administrator(site: Nodes, statement: str) -> None:
    admin = await site.database.connect("postgres", CITY)
    await admin.execute(statement)


async def test_a_city_that_is_set_up_passes(around: Surroundings) -> None:
    assert CITY in await city.mayor_and_seal(around)
    assert CITY in await city.fees_and_hours(around)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("DELETE FROM issuance.official_seal", "official seal"),
        ("UPDATE issuance.official_seal SET valid_until = current_date - 2", "official seal"),
        ("UPDATE issuance.official_seal SET image = 'no image'", "official seal"),
        ("DELETE FROM issuance.mayor", "mayor"),
        ("UPDATE issuance.mayor SET effective_from = current_date + 2", "mayor"),
    ],
)
async def test_mis_15_a_city_without_mayor_or_seal_of_today_is_refused(
    around: Surroundings, site: Nodes, change: str, says: str
) -> None:
    await as_administrator(site, change)
    fault = await wrong(city.mayor_and_seal, around)
    assert f"{CITY} " in fault.reason_en
    assert says in fault.reason_en
    assert "kiosk city apply" in fault.fix_en


async def test_mis_15_the_last_day_of_a_mayor_is_a_day_in_japan(
    around: Surroundings, site: Nodes, clock: MovableClock
) -> None:
    today = jst_date(clock())
    await as_administrator(site, f"UPDATE issuance.mayor SET effective_until = '{today}'")
    midnight = datetime.combine(today + timedelta(days=1), datetime.min.time(), JST)
    clock.by = midnight - clock() - timedelta(seconds=1)
    assert await city.mayor_and_seal(around)
    clock.by += timedelta(seconds=2)
    assert "mayor" in (await wrong(city.mayor_and_seal, around)).reason_en


async def test_a_city_nobody_registered_is_refused(around: Surroundings, site: Nodes) -> None:
    elsewhere = Surroundings(read_settings(site.settings(MUNICIPALITY_CODES=OTHER_CITY)), "centre", "front")
    async with elsewhere:
        assert "the city itself" in (await wrong(city.mayor_and_seal, elsewhere)).reason_en


async def test_one_city_that_lacks_something_does_not_stop_the_others(site: Nodes) -> None:
    settings = read_settings(site.settings(MUNICIPALITY_CODES=f"{CITY},{OTHER_CITY}"))
    async with Surroundings(settings, "centre", "front") as both:
        fault = await advice(city.mayor_and_seal, both)
    assert OTHER_CITY in fault.reason_en
    assert f"{CITY} " not in fault.reason_en


@pytest.mark.parametrize("table", ["fee", "service_hours"])
async def test_what_callers_may_ask_needs_a_fee_and_hours(around: Surroundings, site: Nodes, table: str) -> None:
    staff = await site.database.connect("staff", CITY)
    await staff.execute(
        "INSERT INTO issuance.caller (municipality_code, caller_id, certificate_sha256, channel, kinds) "
        f"VALUES ('{CITY}', 'other', 'x', 'centre', ARRAY['tax_income'])"
    )
    assert "tax_income / centre" in (await advice(city.fees_and_hours, around)).reason_en
    await as_administrator(site, f"DELETE FROM issuance.{table}")
    assert "resident_record / centre" in (await wrong(city.fees_and_hours, around)).reason_en


async def test_a_kind_that_was_given_up_needs_neither_fee_nor_hours(
    around: Surroundings, site: Nodes, clock: MovableClock
) -> None:
    staff = await site.database.connect("staff", CITY)
    await staff.execute(
        "INSERT INTO issuance.caller (municipality_code, caller_id, certificate_sha256, channel, kinds) "
        f"VALUES ('{CITY}', 'other', 'x', 'centre', ARRAY['tax_income'])"
    )
    today = jst_date(clock())
    await staff.execute(f"INSERT INTO issuance.kind_retirement VALUES ('{CITY}', 'tax_income', '{today}')")
    assert "tax_income / centre" in (await advice(city.fees_and_hours, around)).reason_en
    clock.by += timedelta(days=1)
    assert CITY in await city.fees_and_hours(around)
