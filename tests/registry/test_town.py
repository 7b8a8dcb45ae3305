"""A town lives on: after each month its books balance, whoever is fed from them agrees, and its past is as it was."""

from datetime import date
from random import Random
from typing import Any

import pytest

from issuance_db.fsck import check
from kiosk_server.demo.city import AS_OF, generate_city
from registry.residents import (
    EVENT_KINDS,
    Inquirer,
    MoveOutIsOver,
    Notice,
    city_transaction,
    move_out_facts,
    persons_as_of,
)
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


_HANDED = """
SELECT f.event_id, f.person_number, f.what, h.state, h.removal_reason, (h.further).settled_move_out_on AS settled_on,
    f.event_id = (
        SELECT max(e.event_id) FROM registry.person_history AS w JOIN registry.event AS e USING (municipality_code, event_id)
        WHERE w.person_number = f.person_number AND e.kind IN ('OU1', 'OU2', 'OU3', 'OD')
            AND NOT EXISTS (SELECT FROM registry.event AS c WHERE c.reverses_event_id = e.event_id)
    ) AS is_last
FROM registry.follow_up AS f
JOIN registry.person AS p USING (municipality_code, person_number)
JOIN registry.person_history AS h ON h.person_number = p.person_number AND h.history_number = p.last_sequence
WHERE f.what IN ('転出証明書', '転出証明書に準ずる証明書')
"""


def _has_left(handed: dict[str, Any]) -> bool:
    """By what the register says of the person now, and nothing of how it came to that."""
    if handed["what"] == Notice.LIKE_MOVE_OUT_CERTIFICATE.value:
        return bool(handed["is_last"]) and handed["removal_reason"] == "職権消除"
    leaves = handed["state"] == "planned_mover" or handed["removal_reason"] == "転出"
    return bool(handed["is_last"]) and leaves and handed["settled_on"] is None


async def test_s1_3_whoever_leaves_a_town_has_a_certificate_for_as_long_as_the_move_stands(office: Office) -> None:
    town = Town(OwnDesk(office.connection, office.city), office.city, Random(3), AS_OF)
    await town.settle(list(generate_city(300, 3).people))
    asker, seen = Inquirer("職員０１", "本人"), set[tuple[str, bool]]()
    for _ in range(12):
        await month(town)
        for handed in await office.rows(_HANDED):
            event, person, notice = handed["event_id"], handed["person_number"], Notice(handed["what"])
            try:
                async with city_transaction(office.connection, office.city, isolation="read_committed"):
                    facts = await move_out_facts(
                        office.connection, office.city, event, person, notice, asker, town.now, is_released=True
                    )
                people = {one.person_number: one for one in facts.people}
            except MoveOutIsOver:
                people = {}
            assert (person in people) == _has_left(handed), handed
            assert len({(one.household_number, one.address, one.move_out_address) for one in people.values()}) <= 1
            seen.add((notice.name, person in people))
    assert seen >= {
        ("MOVE_OUT_CERTIFICATE", True),
        ("MOVE_OUT_CERTIFICATE", False),
        ("LIKE_MOVE_OUT_CERTIFICATE", True),
    }


@pytest.mark.exhaustive
@pytest.mark.timeout(3600)
async def test_a_town_lives_for_a_decade(office: Office) -> None:
    town = await _live(office, people=3_000, months=120, seed=11)
    assert town.day == date(AS_OF.year + 10, AS_OF.month, 20)
    assert town.kinds.keys() == EVENT_KINDS.keys() - {"IL"}
    aside = await office.rows("SELECT count(*) AS records FROM registry.person_history_second_tier")
    assert aside[0]["records"] > 0
