"""S1-4: population, households and movements, and that they add up between any two days."""

import itertools
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from civil.calendar import age_on, jst_midnight
from civil.recorded_date import RecordedDate
from civil.sex import Sex
from kiosk_server.demo.city import AS_OF, generate_city
from registry.residents import (
    EVENT_KINDS,
    Cause,
    Counted,
    Households,
    Moved,
    Population,
    city_transaction,
    imbalance,
    movements,
    natural_increase,
    number_of,
    persons_as_of,
    population,
    social_increase,
)
from registry.residents.counting_moves import _CAUSES
from registry.residents.rules import EventClass
from tests.registry.desk import OwnDesk
from tests.registry.happenings import month
from tests.registry.office import FOREIGN, NOW, TODAY, Office, days_ago, someone
from tests.registry.town import Town

ONE, TWO, THREE = (number_of(serial) for serial in range(1, 4))
TOMORROW, LATER = TODAY + timedelta(days=1), NOW + timedelta(days=1)
"""People are loaded on TODAY; what happens to them is recorded on the day after."""
AWAY = {"move_out_address": "東京都足立区見本町１番地"}
KOSEKI = {"name": "見本　花子", "domicile": "栃木県足利市通二丁目１番地", "first_registrant": "見本　花子"}
NONE = Population(TODAY, (), ())


async def _moved(office: Office, since: date = TOMORROW, until: date = TOMORROW + timedelta(days=1)) -> list[Moved]:
    async with city_transaction(office.connection, office.city):
        moved = await movements(office.connection, office.city, since, until)
        before, after = [await population(office.connection, office.city, day) for day in (since, until)]
    assert imbalance(before, moved, after) == {}
    return sorted(moved, key=lambda one: (one.cause.name, one.is_entry))


async def _told(office: Office) -> list[tuple[bool, Cause, bool, str | None, int]]:
    return [(one.is_entry, one.cause, one.is_foreign, one.place, one.persons) for one in await _moved(office)]


async def _counted(office: Office, on: date) -> Population:
    async with city_transaction(office.connection, office.city):
        return await population(office.connection, office.city, on)


async def test_s1_4_population_counts_towns_sorts_and_ages_of_the_day(office: Office) -> None:
    unknown = RecordedDate.uncertain("昭和10年月日不詳")
    await office.load(
        someone(1, birth=RecordedDate(date(2000, 11, 24)), sex=Sex.MALE),
        someone(2, "妻", birth=RecordedDate(date(2000, 11, 25))),
        someone(3, "父", birth=unknown, address="栃木県足利市通町１０番地", **FOREIGN),
    )
    assert await _counted(office, TODAY) == NONE
    counted = await _counted(office, TOMORROW)
    assert sorted(counted.counted, key=lambda one: one.persons + (one.age or 0)) == [
        Counted("栃木県足利市通町", True, Sex.FEMALE, age_on(unknown, TOMORROW), 1, "ネパール"),
        Counted("栃木県足利市本城三丁目", False, Sex.FEMALE, 25, 1),
        Counted("栃木県足利市本城三丁目", False, Sex.MALE, 26, 1),
    ]  # fmt: skip
    assert (counted.persons(), counted.persons(is_foreign=True), counted.persons(sex=Sex.FEMALE)) == (3, 1, 2)
    assert [(home.mixed, home.all) for home in counted.households] == [(1, 1)]


@pytest.mark.parametrize(
    "on", [date(2027, 2, 27), date(2027, 2, 28), date(2027, 3, 1), date(2028, 2, 28), date(2028, 2, 29)]
)
async def test_s1_4_whoever_was_born_on_29_february_is_of_the_age_of_the_law(office: Office, on: date) -> None:
    birth = RecordedDate(date(2000, 2, 29))
    await office.load(someone(1, birth=birth))
    assert [one.age for one in (await _counted(office, on)).counted] == [age_on(birth, on)]


async def test_s1_4_a_household_is_counted_by_who_lives_in_it(office: Office) -> None:
    await office.load(
        someone(1), someone(2, household_number=number_of(2), **FOREIGN), someone(3, household_number=number_of(3)),
        someone(4, "子", household_number=number_of(3), **FOREIGN),
    )  # fmt: skip
    assert (await _counted(office, TOMORROW)).households == (Households("栃木県足利市本城三丁目", 1, 1, 1),)
    await office.file("DE", {THREE: {}}, now=LATER)
    assert (await _counted(office, TOMORROW)).households == (Households("栃木県足利市本城三丁目", 1, 1, 1),)
    after = await _counted(office, TOMORROW + timedelta(days=1))
    assert after.households == (Households("栃木県足利市本城三丁目", 1, 2, 0),)


async def test_s1_4_the_load_of_a_city_is_what_its_first_day_adds(office: Office) -> None:
    await office.load(someone(1), someone(2, "妻", **FOREIGN))
    assert await _moved(office, TODAY, TOMORROW) == [
        Moved(True, Cause.LOADED, is_foreign, Sex.FEMALE, None, 1) for is_foreign in (False, True)
    ]


def test_s1_4_every_kind_that_enters_or_removes_has_its_cause() -> None:
    """And so do those that make another sort of resident or put one back; any other counts as a correction."""
    moving = {code for code, kind in EVENT_KINDS.items() if kind.event_class is not EventClass.CORRECTION}
    assert _CAUSES.keys() == moving | {"NA", "NL", "UN+", "UN~"}


@pytest.mark.parametrize(("kind", "items", "cause", "place"), [
    ("IN1", {"address_before_move_in": "群馬県太田市見本町１番地"}, Cause.DOMESTIC, "群馬県"),
    ("IN1", {"address_before_move_in": "太田市見本町１番地"}, Cause.DOMESTIC, None),
    ("IN3", {"address_before_move_in": "アメリカ合衆国"}, Cause.ABROAD, None),
    ("IN4", {"address_before_move_in": "神奈川県川崎市見本町１番地"}, Cause.DOMESTIC, "神奈川県"),
    ("IN4", {}, Cause.ORIGIN_UNKNOWN, None), ("OI", {}, Cause.EX_OFFICIO, None),
    ("BI", {"birth": days_ago(3)}, Cause.NATURAL, None),
])  # fmt: skip
async def test_s1_4_an_entry_has_its_cause_and_origin(
    office: Office, kind: str, items: dict[str, Any], cause: Cause, place: str | None
) -> None:
    await office.load(someone(1))
    await office.file(kind, entries=(someone(2, "子", **items),), now=LATER)
    assert await _told(office) == [(True, cause, False, place, 1)]


@pytest.mark.parametrize(("events", "cause", "place"), [
    ([("OU1", AWAY), ("OU9", {})], Cause.DOMESTIC, "東京都"),
    ([("OU1", AWAY), ("TN", {"settled_address": "京都府京都市見本町１番地"})], Cause.DOMESTIC, "京都府"),
    ([("OU3", {"move_out_address": "ブラジル"}), ("OU9", {})], Cause.ABROAD, None),
    ([("OU3", {"move_out_address": "ブラジル"}), ("UN+", None), ("OU2", AWAY), ("OU9", {})], Cause.DOMESTIC, "東京都"),
    ([("OU1", AWAY), ("UN+", None), ("OU3", {"move_out_address": "ブラジル"}), ("OU9", {})], Cause.ABROAD, None),
    ([("OU1", AWAY), ("DE", {})], Cause.NATURAL, None), ([("OD", {})], Cause.EX_OFFICIO, None), ([("OM", {})], Cause.MISSING, None),
])  # fmt: skip
async def test_s1_4_a_removal_has_its_cause_and_destination(
    office: Office, events: list[tuple[str, dict[str, Any] | None]], cause: Cause, place: str | None
) -> None:
    await office.load(someone(1), someone(2, "子"))
    last = 0
    for kind, items in events:
        given: dict[str, Any] = {"reverses": last} if items is None else {"changes": {TWO: items}}
        last = (await office.file(kind, occurred=days_ago(0), now=LATER, **given)).event_id
    assert await _told(office) == [(False, cause, False, place, 1)]


async def test_s1_4_what_leaves_everybody_where_they_are_is_no_movement(office: Office) -> None:
    await office.load(someone(1), someone(2, "子"))
    for kind, changes in (
        ("RF", {}), ("MV", {"address": "栃木県足利市通二丁目１番地"}), ("OU1", AWAY), ("PM+", {}), ("CE", {"name": "見本　改"}),
    ):  # fmt: skip
        await office.file(kind, {TWO: changes}, now=LATER)
    assert await _moved(office) == []


async def test_s1_4_whoever_becomes_another_sort_of_resident_leaves_one_and_joins_the_other(office: Office) -> None:
    await office.load(someone(1), someone(2, "妻", **FOREIGN))
    await office.file("NA", {TWO: KOSEKI}, now=LATER)
    await office.file("CO", {ONE: {"sex": Sex.MALE}}, now=LATER)
    assert [(one.is_entry, one.cause, one.is_foreign, one.sex) for one in await _moved(office)] == [
        (False, Cause.CORRECTED, False, Sex.FEMALE), (True, Cause.CORRECTED, False, Sex.MALE),
        (False, Cause.NATIONALITY, True, Sex.FEMALE), (True, Cause.NATIONALITY, False, Sex.FEMALE),
    ]  # fmt: skip


async def test_s1_4_a_cancellation_counts_on_the_other_side(office: Office) -> None:
    await office.load(someone(1), someone(2, "子"))
    died = await office.file("DE", {TWO: {}}, now=LATER)
    await office.file("UN+", reverses=died.event_id, now=LATER)
    born = await office.file("IN1", entries=(someone(3, "子"),), now=LATER)
    await office.file("UN-", reverses=born.event_id, now=LATER)
    told = {(one.is_entry, one.cause) for one in await _moved(office)}
    assert told == {
        (False, Cause.NATURAL), (True, Cause.CANCELLED), (True, Cause.DOMESTIC), (False, Cause.CANCELLED),
    }  # fmt: skip


async def test_s1_4_a_day_begins_at_midnight_in_japan(office: Office) -> None:
    await office.load(someone(1), someone(2, "子"), someone(3, "子"))
    await office.file("DE", {TWO: {}}, now=datetime(2026, 11, 24, 14, 59, 59, tzinfo=UTC))
    await office.file("OD", {THREE: {}}, now=datetime(2026, 11, 24, 15, tzinfo=UTC))
    assert [one.cause for one in await _moved(office)] == [Cause.NATURAL]
    assert [one.cause for one in await _moved(office, date(2026, 11, 25), date(2026, 11, 26))] == [Cause.EX_OFFICIO]
    assert (await _counted(office, TOMORROW)).persons() == 3


def test_s1_4_increase_is_natural_and_social_by_their_definitions() -> None:
    moved = tuple(
        Moved(is_entry, cause, False, Sex.MALE, None, persons)
        for persons, (cause, is_entry) in enumerate(itertools.product(Cause, (True, False)), start=1)
    )
    by = {(one.is_entry, one.cause): one.persons for one in moved}
    assert natural_increase(moved) == by[True, Cause.NATURAL] - by[False, Cause.NATURAL]
    social = sum(by[True, cause] - by[False, cause] for cause in (Cause.DOMESTIC, Cause.ABROAD, Cause.ORIGIN_UNKNOWN))
    assert social_increase(moved) == social - by[False, Cause.EX_OFFICIO] - by[False, Cause.MISSING]


def test_s1_4_figures_that_do_not_add_up_are_told_by_sort() -> None:
    one = Population(TODAY, (Counted("町", True, Sex.MALE, 3, 1),), ())
    entry = Moved(True, Cause.NATURAL, True, Sex.MALE, None, 1)
    assert imbalance(NONE, (entry,), one) == imbalance(one, (), one) == {}
    assert imbalance(NONE, (), one) == {(True, Sex.MALE): -1}
    assert imbalance(one, (entry,), one) == {(True, Sex.MALE): 1}


async def test_s1_4_the_figures_of_a_town_add_up_between_any_two_days(office: Office) -> None:
    """And they are those of everybody counted one by one, as the register said at that instant."""
    town = Town(OwnDesk(office.connection, office.city), office.city, Random(7), AS_OF)
    await town.settle(list(generate_city(300, 7).people))
    days = [town.day]
    for _ in range(6):
        await month(town)
        days.append(town.day + timedelta(days=1))
    counts, causes = {day: await _counted(office, day) for day in days}, set[Cause]()
    async with city_transaction(office.connection, office.city):
        for since, until in itertools.combinations(days, 2):
            moved = await movements(office.connection, office.city, since, until)
            assert imbalance(counts[since], moved, counts[until]) == {}, (since, until)
            causes |= {one.cause for one in moved}
        assert causes >= {Cause.LOADED, Cause.DOMESTIC, Cause.NATURAL}
        for day in days[1:]:
            said = await persons_as_of(office.connection, office.city, jst_midnight(day))
            living = [row.record for row in said.values() if row.record.in_register]
            one_by_one = Counter((r.nationality is not None, r.sex, age_on(r.birth, day)) for r in living)
            counted: Counter[tuple[bool, Sex, int | None]] = Counter()
            for one in counts[day].counted:
                counted[one.is_foreign, one.sex, one.age] += one.persons
            assert counted == one_by_one
            assert sum(home.all for home in counts[day].households) == len({r.household_number for r in living})


async def test_s1_4_a_move_is_counted_by_the_municipality_that_the_record_names(office: Office) -> None:
    await office.load(someone(1))
    came = someone(
        2, "妻", address_before_move_in="群馬県桐生市織姫町１番地", further={"move_in_municipality": "群馬県桐生市"}
    )
    await office.file("IN1", entries=(came,), now=LATER)
    await office.file("IN1", entries=(someone(3, "子", address_before_move_in="群馬県太田市１番地"),), now=LATER)
    assert {(one.place, one.municipality, one.persons) for one in await _moved(office)} == {
        ("群馬県", "桐生市", 1), ("群馬県", None, 1),
    }  # fmt: skip
