"""Stops of a person, a household, a terminal, a shop and a shop chain: who is covered, from the last look on, at no round trip more."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from issuance_db.database import Database as CityDatabase
from issuance_db.staff_acts import Actor
from issuance_db.stop_effects import effects_of
from issuance_db.stops import Scope, StopOverAtOnce, StopUnclear, end_stop, set_stop
from kiosk_server.issuing.issuing import Issuing
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import Certificate, IssuanceRequest, Kind, MenuRequest
from tests.issuing.city import CENTRE, TERMINAL, City
from tests.issuing.fed import EVERY_KIND, Fed, InKoseki
from tests.issuing.meanwhile import once_made, waits_for_lock
from tests.sync.registry_rows import CITY

WHO = Actor("責任者", "by order")
PLACES = [
    Scope(operator="shop chain"),
    Scope(operator="shop chain", store="store 1"),
    Scope(operator="shop chain", store="store 1", terminal="machine 1"),
    Scope(kind="resident_record", operator="shop chain"),
]
PERSONS = [
    Scope(person_number="101"),
    Scope(person_number="103"),
    Scope(household_number="900"),
    Scope(kind="resident_record", person_number="102"),
]
OTHERS = [
    Scope(kind="tax_income"),
    Scope(operator="other chain"),
    Scope(operator="shop chain", store="store 2"),
    Scope(operator="shop chain", store="store 1", terminal="machine 2"),
    Scope(kind="tax_income", operator="shop chain"),
    Scope(person_number="999"),
    Scope(household_number="901"),
    Scope(kind="tax_income", person_number="101"),
]


async def stop(city: City, scope: Scope, **window: Any) -> int:
    staff = await city.database.connect("staff", CITY)
    return await set_stop(staff, CITY, WHO, city.clock.now, scope, **window)


async def code_of(city: City, request: IssuanceRequest) -> RefusalCode | None:
    try:
        await city.issuing.issue(CENTRE, request)
    except Refusal as refusal:
        return refusal.code
    return None


@pytest.mark.parametrize(
    ("scope", "code"),
    [(scope, RefusalCode.CLOSED) for scope in (Scope(), Scope(kind="resident_record"), *PLACES)]
    + [(scope, RefusalCode.NOT_AVAILABLE) for scope in PERSONS]
    + [(scope, None) for scope in OTHERS],
    ids=str,
)
async def test_a_stop_covers_what_has_all_that_it_names_and_nothing_else(
    ashikaga: City, scope: Scope, code: RefusalCode | None
) -> None:
    card = await ashikaga.credential("101", "7001")
    await stop(ashikaga, scope)
    assert await code_of(ashikaga, ashikaga.request(card)) is code


@pytest.mark.parametrize("scope", [*PLACES, *PERSONS], ids=str)
async def test_a_stop_that_comes_between_snapshot_and_permit_is_seen_by_the_last_look(
    ashikaga: City, monkeypatch: pytest.MonkeyPatch, scope: Scope
) -> None:
    card = await ashikaga.credential("101", "7001")
    once_made(ashikaga, monkeypatch, lambda: stop(ashikaga, scope))
    expected = RefusalCode.CLOSED if scope in PLACES else RefusalCode.NOT_AVAILABLE
    assert await code_of(ashikaga, ashikaga.request(card)) is expected
    assert await ashikaga.rows("SELECT FROM history.issuance") == []


async def test_a_person_who_is_stopped_is_refused_as_neutrally_as_under_suppression_and_staff_see_why(
    ashikaga: City,
) -> None:
    card = await ashikaga.credential("101", "7001")
    await stop(ashikaga, Scope(household_number="900"))
    with pytest.raises(Refusal) as caught:
        await ashikaga.issuing.menu(CENTRE, MenuRequest("menu-1", CITY, TERMINAL, card))
    assert (caught.value.code, caught.value.reason) == (RefusalCode.NOT_AVAILABLE, "person_stopped")
    [listed] = await ashikaga.rows("SELECT reason, person_number FROM history.refusal_reason")
    assert listed == {"reason": "person_stopped", "person_number": "101"}


async def test_who_is_not_on_the_paper_stops_nobody_else(ashikaga: City) -> None:
    card = await ashikaga.credential("101", "7001")
    await stop(ashikaga, Scope(person_number="103"))
    assert await code_of(ashikaga, ashikaga.request(card, persons="self")) is None


@pytest.mark.parametrize(
    ("scope", "code"),
    [
        (Scope(operator="shop chain"), RefusalCode.CLOSED),
        (Scope(person_number="101"), RefusalCode.NOT_AVAILABLE),
    ],
    ids=str,
)
async def test_an_ended_stop_stops_nothing_and_a_planned_one_its_window(
    ashikaga: City, scope: Scope, code: RefusalCode
) -> None:
    card = await ashikaga.credential("101", "7001")
    now = ashikaga.clock.now
    staff = await ashikaga.database.connect("staff", CITY)
    number = await stop(ashikaga, scope)
    await end_stop(staff, CITY, number, WHO, now)
    await stop(ashikaga, scope, starts_at=now + timedelta(hours=1), ends_at=now + timedelta(hours=2))
    codes = []
    for hours in (0, 1, 2):
        ashikaga.clock.now = now + timedelta(hours=hours)
        codes.append(await code_of(ashikaga, ashikaga.request(card)))
    assert codes == [None, code, None]


async def test_a_planned_stop_of_a_person_counts_at_the_permit_where_one_of_the_service_counts_at_acceptance(
    ashikaga: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await ashikaga.credential("101", "7001")
    begins = ashikaga.clock.now + timedelta(seconds=1)
    codes = []
    for scope in (Scope(kind="resident_record"), Scope(person_number="103")):
        number = await stop(ashikaga, scope, starts_at=begins)

        async def two_seconds() -> None:
            ashikaga.clock.now = begins + timedelta(seconds=1)

        once_made(ashikaga, monkeypatch, two_seconds)
        codes.append(await code_of(ashikaga, ashikaga.request(card)))
        await end_stop(await ashikaga.database.connect("staff", CITY), CITY, number, WHO, ashikaga.clock.now)
        ashikaga.clock.now = begins - timedelta(seconds=1)
    assert codes == [None, RefusalCode.NOT_AVAILABLE]


async def _issued_koseki(fed: Fed) -> Certificate:
    await fed.domiciled("101", "102")
    await fed.koseki("K1", (InKoseki("KP101", "101", "101", items=1), InKoseki("KP201", "201", "201", items=1)))
    return await fed.city.issuing.issue(EVERY_KIND, fed.request(Kind.KOSEKI_FULL, await fed.card("101")))


@pytest.mark.parametrize("scope", [Scope(person_number="201"), Scope(household_number="901")], ids=str)
async def test_whoever_a_koseki_shows_is_stopped_where_they_live(fed: Fed, scope: Scope) -> None:
    await fed.city.registry.family("901", "201")
    await fed.city.project()
    await stop(fed.city, scope)
    with pytest.raises(Refusal) as caught:
        await _issued_koseki(fed)
    assert (caught.value.code, caught.value.person_number) == (RefusalCode.NOT_AVAILABLE, "201")


async def test_the_look_before_counts_what_showed_somebody_by_the_koseki_of_another_household(fed: Fed) -> None:
    await fed.city.registry.family("901", "201")
    await fed.city.project()
    await _issued_koseki(fed)
    staff = await fed.city.database.connect("staff", CITY)
    for scope, issued in (
        (Scope(household_number="901"), 1),
        (Scope(person_number="101"), 1),
        (Scope(kind="tax_income", person_number="201"), 0),
        (Scope(person_number="103"), 0),
    ):
        assert (await effects_of(staff, CITY, scope, fed.city.clock.now)).issued == issued


@pytest.mark.parametrize("scope", [Scope(person_number="103"), Scope(household_number="900")], ids=str)
async def test_who_sets_a_stop_waits_for_a_permit_that_shows_the_person(ashikaga: City, scope: Scope) -> None:
    front = await ashikaga.database.connect("front", CITY)
    permit = front.transaction()
    await permit.start()
    # As the permit of somebody's koseki does: the person, and not the household they live in.
    await front.execute("SELECT shared.lock_for_permit('092029', ARRAY['103'], ARRAY[]::text[])")
    setting: asyncio.Task[Any] = asyncio.create_task(stop(ashikaga, scope))
    assert await waits_for_lock(await ashikaga.database.connect(), setting)
    await permit.commit()
    assert await setting


@pytest.mark.parametrize(
    ("scope", "code"),
    [
        (Scope(person_number="103"), RefusalCode.NOT_AVAILABLE),
        (Scope(household_number="900"), RefusalCode.NOT_AVAILABLE),
        (Scope(kind="tax_income", household_number="900"), None),
        (Scope(operator="shop chain"), None),
    ],
    ids=str,
)
async def test_bytes_that_show_somebody_stopped_since_are_not_given_again(
    ashikaga: City, scope: Scope, code: RefusalCode | None
) -> None:
    request = ashikaga.request(await ashikaga.credential("101", "7001"))
    await ashikaga.issuing.issue(CENTRE, request)
    await stop(ashikaga, scope)
    assert await code_of(ashikaga, request) is code
    causes = [row["cause"] for row in await ashikaga.rows("SELECT cause FROM history.alert")]
    assert causes == ([] if code is None else ["stopped_after_answer"])


async def _statements(city: City, request: IssuanceRequest) -> Sequence[str]:
    async with CityDatabase.open(city.database.dsn("front"), max_size=1) as front:
        seen: list[str] = []
        async with front.city(CITY) as connection:
            connection.add_query_logger(lambda query: seen.append(query.query))
        await Issuing(replace(city.environment, database=front)).issue(CENTRE, request)
        return seen


async def test_stops_are_looked_at_twice_whatever_they_are_of_and_however_many_there_are(ashikaga: City) -> None:
    card = await ashikaga.credential("101", "7001")
    none_set = await _statements(ashikaga, ashikaga.request(card))
    for scope in OTHERS:
        await stop(ashikaga, scope)
    many_set = await _statements(ashikaga, ashikaga.request(card))
    assert sum("service_stop" in statement for statement in none_set) == 2
    assert [text for text in many_set if "service_stop" in text] == [
        text for text in none_set if "service_stop" in text
    ]
    assert len(many_set) == len(none_set)


@pytest.mark.parametrize(
    "named",
    [
        {"person_number": "101", "household_number": "900"},
        {"person_number": "101", "operator": "shop chain"},
        {"store": "store 1"},
        {"operator": "shop chain", "terminal": "machine 1"},
    ],
    ids=str,
)
def test_a_stop_of_two_things_or_of_a_place_without_its_chain_is_none(named: dict[str, str]) -> None:
    with pytest.raises(StopUnclear):
        Scope(**named)


@pytest.mark.parametrize(("begins", "ends"), [(60, 60), (60, 30), (None, 0), (None, -1), (-120, -60)])
async def test_a_stop_that_ends_before_it_begins_or_is_over_is_refused_and_nothing_stored(
    ashikaga: City, begins: int | None, ends: int
) -> None:
    now = ashikaga.clock.now
    starts_at = None if begins is None else now + timedelta(minutes=begins)
    with pytest.raises(StopOverAtOnce):
        await stop(ashikaga, Scope(), starts_at=starts_at, ends_at=now + timedelta(minutes=ends))
    assert await ashikaga.rows("SELECT FROM issuance.service_stop") == []


async def test_a_stop_set_while_an_answer_is_asked_for_again_has_begun_when_the_locks_are_there(ashikaga: City) -> None:
    request = ashikaga.request(await ashikaga.credential("101", "7001"))
    await ashikaga.issuing.issue(CENTRE, request)
    staff = await ashikaga.database.connect("staff", CITY)
    transaction = staff.transaction()
    await transaction.start()
    await set_stop(staff, CITY, WHO, ashikaga.clock.now + timedelta(seconds=1), Scope(person_number="103"))
    again = asyncio.create_task(ashikaga.issuing.issue(CENTRE, request))
    assert await waits_for_lock(await ashikaga.database.connect(), again)
    ashikaga.clock.now += timedelta(seconds=2)
    await transaction.commit()
    with pytest.raises(Refusal) as refused:
        await again
    assert refused.value.reason == "stopped_after_answer"


@pytest.mark.parametrize("field", ["kind", "person_number", "household_number", "operator"])
def test_a_stop_of_an_empty_name_is_refused(field: str) -> None:
    with pytest.raises(StopUnclear):
        Scope(**{field: ""})


async def test_the_front_stops_nobody_by_itself(ashikaga: City) -> None:
    front = await ashikaga.database.connect("front", CITY)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await front.execute(
            "INSERT INTO issuance.service_stop (municipality_code, starts_at, cause, reason, person_number) "
            "VALUES ($1, $2, 'ordered', 'x', '101')",
            CITY,
            ashikaga.clock.now,
        )


async def test_an_answer_is_not_given_again_to_somebody_stopped_since_who_is_not_on_the_paper(ashikaga: City) -> None:
    card = await ashikaga.credential("101", "7001")
    menu = await ashikaga.issuing.menu(CENTRE, MenuRequest("menu-1", CITY, TERMINAL, card))
    request = ashikaga.request(card, persons=(menu.kinds[0].persons[1].person_ref,))
    await ashikaga.issuing.issue(CENTRE, request)
    await stop(ashikaga, Scope(person_number="101"))
    with pytest.raises(Refusal) as refused:
        await ashikaga.issuing.issue(CENTRE, request)
    assert refused.value.reason == "stopped_after_answer"


async def test_while_nobody_is_served_somebody_stopped_hears_what_everybody_hears(ashikaga: City) -> None:
    card = await ashikaga.credential("101", "7001")
    await stop(ashikaga, Scope(person_number="101"))
    ashikaga.clock.now = ashikaga.clock.now.replace(hour=17)  # 02:00 in Japan
    with pytest.raises(Refusal) as refused:
        await ashikaga.issuing.issue(CENTRE, ashikaga.request(card))
    assert refused.value.code is RefusalCode.CLOSED
