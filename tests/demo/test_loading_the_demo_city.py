"""The demo city in a real database: loaded in bulk, then lived in."""

from datetime import date

from kiosk_server.demo.city import (
    MUNICIPALITY_CODE,
    ROUND_THE_CLOCK,
    SERVICE_DAY,
    DemoCity,
    DemoSettings,
    generate_city,
    load_city,
    load_settings,
)
from kiosk_server.issuing.request import Kind
from registry.residents import HistoryRow, State, city_transaction, current_person, household_members, number_of
from registry.residents.numbering import assign_numbers
from tests.registry.office import KEYS
from tests.servers import Database


async def _row(database: Database, city: DemoCity, case: str) -> HistoryRow:
    clerk = await database.connect("registry")
    async with city_transaction(clerk, MUNICIPALITY_CODE):
        return await current_person(clerk, MUNICIPALITY_CODE, city.cases[case])


async def test_a_city_is_loaded_and_its_events_are_recorded(database: Database) -> None:
    city = generate_city(300, seed=1)
    done = await load_city(database.dsn, city, KEYS)
    assert (done.loaded.persons, done.events) == (300, len(city.later))
    assert done.loaded.households == len({person.record.household_number for person in city.people})

    states = {
        "planned_mover": (2, State.PLANNED_MOVER), "moved_out": (3, State.REMOVED), "dead": (2, State.REMOVED),
        "cancelled_move_out": (3, State.RESIDENT), "newborn": (1, State.RESIDENT), "moved_in": (1, State.RESIDENT),
    }  # fmt: skip
    for case, expected in states.items():
        row = await _row(database, city, case)
        assert (row.history_number, row.record.state) == expected, case
    assert (await _row(database, city, "protected")).record.suppressed
    assert not (await _row(database, city, "no_longer_protected")).record.suppressed
    assert (await _row(database, city, "mover_within_head")).record.address_before_move
    assert (await _row(database, city, "new_head")).record.relationship == "世帯主"
    headless = (await _row(database, city, "household_without_head")).record.household_number
    clerk = await database.connect("registry")
    async with city_transaction(clerk, MUNICIPALITY_CODE):
        left = await household_members(clerk, MUNICIPALITY_CODE, headless)
    assert [row.record.relationship for row in left] == ["妻", "子"]


async def test_numbers_given_out_later_are_nobodys_in_the_demo(database: Database) -> None:
    city = generate_city(120, seed=1)
    await load_city(database.dsn, city, KEYS)
    newest = max(city.cases.values())
    clerk = await database.connect("registry")
    async with city_transaction(clerk, MUNICIPALITY_CODE):
        (number,) = await assign_numbers(clerk, MUNICIPALITY_CODE, "person")
    assert number == number_of(int(newest[:-1]) + 1)


async def test_the_projection_finds_everybody_with_a_head_and_an_address(database: Database) -> None:
    city = generate_city(120, seed=1)
    await load_city(database.dsn, city, KEYS)
    sync = await database.connect("sync", MUNICIPALITY_CODE)
    rows = await sync.fetch("SELECT person_number, head_name, address, my_number_index FROM registry.issuance_source")
    assert len(rows) == 120 + 3 - 3
    headless = {row["person_number"] for row in rows if row["head_name"] is None}
    assert city.cases["household_without_head"] in headless
    assert len(headless) == 2
    assert all(row["my_number_index"] for row in rows)
    flat = next(row["address"] for row in rows if row["person_number"] == city.cases["building"])
    assert flat == "栃木県足利市通二丁目２６１８番地　コーポみほん２０３号"


async def test_settings_serve_round_the_clock_unless_told_otherwise(database: Database) -> None:
    await load_settings(database.dsn)
    staff = await database.connect("staff", MUNICIPALITY_CODE)
    hours = await staff.fetch(
        "SELECT weekday, opens_at, closes_at FROM issuance.service_hours WHERE kind = 'koseki_full' ORDER BY weekday"
    )
    assert [tuple(row) for row in hours] == [(weekday, *ROUND_THE_CLOCK) for weekday in range(1, 8)]
    fees = await staff.fetch("SELECT kind, channel, yen FROM issuance.fee ORDER BY kind, channel")
    assert [tuple(row) for row in fees] == [
        (
            kind,
            channel,
            {"koseki_full": 450, "koseki_individual": 450, "koseki_supplement": 300, "disaster_damage": 0}.get(
                kind, 200
            ),
        )
        for kind in sorted(kind.value for kind in Kind)
        for channel in ("centre", "terminal")
    ]
    years = await staff.fetch("SELECT DISTINCT tax_year FROM issuance.tax_year ORDER BY tax_year")
    assert [row["tax_year"] for row in years] == [2025, 2026]
    mayor = await staff.fetchrow("SELECT title, name, effective_from, effective_until FROM issuance.mayor")
    assert mayor is not None
    assert tuple(mayor) == ("足利市長", "見本　太郎", date(2020, 4, 1), None)
    assert (await staff.fetchval("SELECT image FROM issuance.official_seal")).startswith(b"\x89PNG")


async def test_settings_take_the_hours_of_the_real_service_and_another_seal(database: Database) -> None:
    await load_settings(database.dsn, DemoSettings(hours=SERVICE_DAY, seal_png=b"\x89PNG another"))
    staff = await database.connect("staff", MUNICIPALITY_CODE)
    assert await staff.fetchval("SELECT max(closes_at) FROM issuance.service_hours") == SERVICE_DAY[1]
    assert await staff.fetchval("SELECT image FROM issuance.official_seal") == b"\x89PNG another"
