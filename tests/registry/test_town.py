"""A town lives on: after each month its books balance, whoever is fed from them agrees, and its past is as it was."""

from datetime import date
from random import Random

import pytest

from issuance_db.fsck import check
from kiosk_server.demo.city import AS_OF, generate_city
from registry.residents import EVENT_KINDS, city_transaction, persons_as_of
from tests.registry.books import Follower, movement, newest_event, population, require_fed_alike, require_sound
from tests.registry.desk import OwnDesk
from tests.registry.happenings import month
from tests.registry.office import Office
from tests.registry.town import Town


async def _live(office: Office, people: int, months: int, seed: int) -> Town:
    town = Town(OwnDesk(office.connection, office.city), office.city, Random(seed), AS_OF)
    await town.settle(list(generate_city(people, seed).people))
    before, since = town.living, await newest_event(office)
    follower, fsck = Follower(), await office.database.connect("fsck")
    for passed in range(1, months + 1):
        await month(town)
        moved, now = await movement(office, since), await population(office)
        assert now == town.living == before + moved["entered"] - moved["removed"], passed
        before, since = now, await newest_event(office)
        await require_sound(office)
        await require_fed_alike(office, None if passed % 12 == 0 else follower, rebuild=passed % 12 == 0)
        assert list(await check(fsck, office.city, town.now)) == []
    return town


async def test_a_small_town_lives_for_some_months(office: Office) -> None:
    town = await _live(office, people=400, months=5, seed=3)
    assert sum(town.kinds.values()) > 20
    assert len(town.kinds) > 8


async def test_what_the_register_said_at_the_end_of_a_month_it_says_of_that_day_for_ever(office: Office) -> None:
    town = Town(OwnDesk(office.connection, office.city), office.city, Random(5), AS_OF)
    await town.settle(list(generate_city(200, 5).people))
    said = {}
    for _ in range(3):
        await month(town)
        async with city_transaction(office.connection, office.city):
            said[town.now] = await persons_as_of(office.connection, office.city, town.now)
    async with city_transaction(office.connection, office.city):
        for instant, then in said.items():
            assert await persons_as_of(office.connection, office.city, instant) == then


@pytest.mark.exhaustive
@pytest.mark.timeout(3600)
async def test_a_town_lives_for_a_decade(office: Office) -> None:
    town = await _live(office, people=3_000, months=120, seed=11)
    assert town.day == date(AS_OF.year + 10, AS_OF.month, 20)
    assert town.kinds.keys() == EVENT_KINDS.keys() - {"IL"}
    aside = await office.rows("SELECT count(*) AS records FROM registry.person_history_second_tier")
    assert aside[0]["records"] > 0
