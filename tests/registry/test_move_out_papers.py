"""S1-3, R-50, R-51: 転出証明書 and what stands in its place: whom it is of, what it says, who reads the My Numbers, and what refuses it."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from civil.check_digits import my_number
from keys.file_provider import FileKeyProvider
from registry.residents import (
    Inquirer,
    MoveOutFacts,
    MoveOutIsOver,
    NoRight,
    NothingToHandOut,
    Notice,
    Paper,
    ProtectedPerson,
    RecordedEvent,
    RegistryKeys,
    Sight,
    TooManyWriters,
    city_transaction,
    move_out_facts,
    next_paper_number,
    number_of,
    operations,
    read_my_numbers,
    record_paper,
    require_my_number_sight,
    seal_my_number,
    who_looked,
)
from tests.registry.office import CITY, FOREIGN, NOW, TODAY, Office, days_ago, someone

ONE, TWO, THREE, FOUR = (number_of(serial) for serial in range(1, 5))
CLERK = Inquirer("職員０１", "本人")
ALLOWED = Inquirer("職員０１", "本人", frozenset({Sight.MY_NUMBER}))
AWAY = {"move_out_address": "東京都足立区見本町１番地", "move_out_building": "見本荘２０１", "move_out_head": "見本　1"}
ELSEWHERE = {"move_out_address": "大阪府大阪市北区見本町１番地"}
LATER = NOW + timedelta(hours=1)
PROTECTION = {"suppression_reason": "ＤＶ", "suppressed_from": TODAY, "suppressed_until": date(2027, 11, 22)}
PAPER = ("転出証明書", "20261123-C-00000001")


async def _leave(office: Office, *persons: str, kind: str = "OU1", **details: Any) -> RecordedEvent:
    return await office.file(kind, dict.fromkeys(persons, AWAY), occurred=days_ago(-7), **details)


async def _facts(office: Office, event: RecordedEvent, person: str = ONE, **told: Any) -> MoveOutFacts:
    notice, now = told.pop("notice", Notice.MOVE_OUT_CERTIFICATE), told.pop("now", LATER)
    async with city_transaction(office.connection, CITY, isolation="read_committed"):
        return await move_out_facts(office.connection, CITY, event.event_id, person, notice, CLERK, now, **told)


async def _made(office: Office, event: RecordedEvent, person: str = ONE, now: Any = LATER) -> None:
    facts = await _facts(office, event, person, now=now)
    async with city_transaction(office.connection, CITY):
        number = await next_paper_number(office.connection, TODAY)
        persons = tuple(one.person_number for one in facts.people)
        paper = Paper(number, facts.notice.value, persons, (), "人", "旅券", None, 1, b"x", event.event_id)
        await record_paper(office.connection, CITY, paper, CLERK, now)


async def test_s1_3_whoever_moves_together_is_on_one_certificate_in_the_order_of_the_household(office: Office) -> None:
    await office.load(someone(1), someone(2, "妻"), someone(3, "子"), someone(4, "父"))
    event = await _leave(office, THREE, TWO)
    facts = await _facts(office, event, TWO)
    for person in (TWO, THREE):
        facts = await _facts(office, event, person)
        assert [one.person_number for one in facts.people] == [TWO, THREE]
        assert [one.relationship for one in facts.people] == ["妻", "子"]
        assert (facts.head_name, facts.is_reissue) == ("見本　1", False)
        assert facts.shown == {ONE, TWO, THREE}
    assert facts.rows == (
        ("転出先", "東京都足立区見本町１番地　見本荘２０１"), ("転出先の世帯主", "見本　1"),
        ("転出予定年月日", "令和8年11月30日"), ("届出年月日", "令和8年11月23日"),
    )  # fmt: skip
    assert facts.rows_of == (
        (("住民票コード", someone(2).resident_code),),
        (("住民票コード", someone(3).resident_code),),
    )


async def test_s1_3_whoever_goes_elsewhere_or_comes_from_another_household_has_another_certificate(
    office: Office,
) -> None:
    await office.load(someone(1), someone(2, "妻"), someone(3, "子"), someone(4, household_number=number_of(4)))
    moves = {ONE: AWAY, TWO: ELSEWHERE, THREE: AWAY, FOUR: AWAY}
    event = await office.file("OU1", moves, occurred=days_ago(-7))
    told = {person: [one.person_number for one in (await _facts(office, event, person)).people] for person in moves}
    assert told == {ONE: [ONE, THREE], TWO: [TWO], THREE: [ONE, THREE], FOUR: [FOUR]}


async def test_s1_3_insurance_pension_allowance_and_the_history_of_an_alias_are_told(office: Office) -> None:
    told = {
        "health_insured_from": date(2020, 4, 1), "care_insured_from": date(2020, 4, 1), "care_insured_until": date(2021, 4, 1),
        "pension_from": date(2000, 4, 1), "pension_class": "第1号", "basic_pension_number": "1234567890", "child_allowance_from": "2020-04",
        "health_insured_until": date(2026, 11, 30), "child_allowance_until": "2026-11",
    }  # fmt: skip
    await office.load(someone(1, further=told), someone(2, "子", **FOREIGN))
    await office.file("PN4", {TWO: {"alias": "見本　次郎", "alias_furigana": "ミホン　ジロウ"}}, occurred=days_ago(9))
    await office.file("PN5", {TWO: {}}, occurred=days_ago(8), now=NOW + timedelta(minutes=1))
    facts = await _facts(office, await _leave(office, ONE, TWO, now=NOW + timedelta(minutes=2)))
    one, two = map(dict, facts.rows_of)
    assert one["国民健康保険・年金等"] == "国民健康保険、児童手当、国民年金第1号（基礎年金番号 1234567890）"
    assert two["通称の履歴"] == "見本　次郎　令和8年11月14日本市記載　令和8年11月15日削除"


async def test_s1_3_a_certificate_made_again_says_what_the_first_said(office: Office) -> None:
    await office.load(someone(1), someone(2, "妻"), someone(3, "子"))
    event = await _leave(office, ONE, TWO)
    await office.file("CE", {TWO: {"name": "見本　正"}}, now=NOW + timedelta(minutes=1))
    await _made(office, event)
    await office.file(
        "CE", {TWO: {"name": "見本　後"}, ONE: {"move_out_head": "別人"}}, now=LATER + timedelta(minutes=1)
    )
    heads = {ONE: {"relationship": "父"}, TWO: {"relationship": "母"}, THREE: {"relationship": "世帯主"}}
    await office.file("HH", heads, now=LATER + timedelta(minutes=2))
    await office.file("OU9", {ONE: {}, TWO: {}}, occurred=days_ago(0), now=LATER + timedelta(minutes=3))
    for person in (ONE, TWO):
        facts = await _facts(office, event, person, now=LATER + timedelta(days=9))
        assert facts.is_reissue
        assert [(one.name, one.relationship) for one in facts.people] == [("見本　1", "世帯主"), ("見本　正", "妻")]
        assert (facts.head_name, dict(facts.rows)["転出先の世帯主"]) == ("見本　1", "見本　1")


async def test_s1_3_the_day_may_have_come_before_the_certificate_is_made(office: Office) -> None:
    await office.load(someone(1), someone(2, "妻"))
    event = await office.file("OU1", {TWO: AWAY}, occurred=days_ago(5))
    await office.file("OU9", {TWO: {}}, occurred=days_ago(5), now=NOW + timedelta(minutes=1))
    await office.file("DE", {ONE: {}}, now=NOW + timedelta(minutes=2))
    facts = await _facts(office, event, TWO)
    assert (facts.head_name, facts.people[0].relationship, dict(facts.rows)["転出予定年月日"]) == (
        "見本　1", "妻", "令和8年11月18日",
    )  # fmt: skip


async def test_s1_3_a_removal_ex_officio_hands_out_what_stands_in_its_place(office: Office) -> None:
    await office.load(someone(1), someone(2, "妻"))
    event = await office.file("OD", {ONE: {}, TWO: {}}, occurred=days_ago(15), notified_on=None)
    await office.file(
        "CE", {person: {"move_out_address": "東京都足立区"} for person in (ONE, TWO)}, now=NOW + timedelta(minutes=1)
    )
    facts = await _facts(office, event, TWO, notice=Notice.LIKE_MOVE_OUT_CERTIFICATE)
    assert [one.person_number for one in facts.people] == [ONE, TWO]
    assert facts.rows == (("消除の年月日", "令和8年11月8日"), ("消除の事由", "職権消除"), ("転出先", "東京都足立区"))
    with pytest.raises(NothingToHandOut):
        await _facts(office, event, TWO)


@pytest.mark.parametrize("kind", ["OU2", "OU3"])
async def test_s1_3_a_move_by_card_or_abroad_hands_out_no_certificate(office: Office, kind: str) -> None:
    await office.load(someone(1), someone(2, "妻"))
    event = await _leave(office, ONE, kind=kind)
    with pytest.raises(NothingToHandOut):
        await _facts(office, event)


async def test_s1_3_whoever_plans_no_move_is_on_no_certificate(office: Office) -> None:
    await office.load(someone(1), someone(2, "妻"))
    event = await _leave(office, ONE)
    with pytest.raises(NothingToHandOut):
        await _facts(office, event, TWO)


async def test_s1_3_a_move_that_was_cancelled_told_by_the_other_city_or_ended_is_certified_no_more(
    office: Office,
) -> None:
    await office.load(someone(1), someone(2, "妻"), someone(3, "子"))
    cancelled = await _leave(office, ONE)
    await office.file("UN+", reverses=cancelled.event_id, now=NOW + timedelta(minutes=1))
    anew = await _leave(office, ONE, TWO, THREE, now=NOW + timedelta(minutes=2))
    await office.file("DE", {TWO: {}}, now=NOW + timedelta(minutes=3))
    with pytest.raises(MoveOutIsOver):
        await _facts(office, cancelled)
    assert [one.person_number for one in (await _facts(office, anew)).people] == [ONE, THREE]
    assert not (await _facts(office, anew)).is_reissue
    told = await office.file("TN", {ONE: {}}, occurred=days_ago(0), now=NOW + timedelta(minutes=4))
    for person in (ONE, TWO):
        with pytest.raises(MoveOutIsOver):
            await _facts(office, anew, person)
    await office.file("UN+", reverses=told.event_id, now=NOW + timedelta(minutes=5))
    assert [one.person_number for one in (await _facts(office, anew)).people] == [ONE, THREE]


async def test_s1_3_whoever_lives_here_again_has_no_certificate_of_the_move_before(office: Office) -> None:
    await office.load(someone(1), someone(2, "妻"))
    event = await office.file("OU1", {TWO: AWAY}, occurred=days_ago(5))
    await office.file("OU9", {TWO: {}}, occurred=days_ago(5), now=NOW + timedelta(minutes=1))
    assert (await _facts(office, event, TWO)).people
    back = someone(2, household_number=number_of(2), resident_since=None)
    entry = await office.file("IN1", entries=(back,), occurred=days_ago(1), now=NOW + timedelta(minutes=2))
    with pytest.raises(MoveOutIsOver):
        await _facts(office, event, TWO)
    await office.file("UN-", reverses=entry.event_id, now=NOW + timedelta(minutes=3))
    assert (await _facts(office, event, TWO)).people


async def test_s1_3_of_two_made_at_once_one_is_marked(office: Office) -> None:
    await office.load(someone(1), someone(2, "妻"))
    event = await _leave(office, ONE, TWO)
    other = Office(office.database, await office.database.connect("registry"))
    async with city_transaction(office.connection, CITY, isolation="read_committed"):
        assert not (await _facts(office, event)).is_reissue
        second = asyncio.create_task(_facts(other, event, TWO))
        done, _ = await asyncio.wait({second}, timeout=0.5)
        assert not done
        await _made(office, event)
    assert (await second).is_reissue


async def test_s1_3_a_protected_mover_or_head_is_certified_only_when_released(office: Office) -> None:
    await office.load(someone(1), someone(2, "妻"))
    await office.file("PM+", {ONE: PROTECTION})
    event = await _leave(office, TWO, now=NOW + timedelta(minutes=1))
    with pytest.raises(ProtectedPerson):
        await _facts(office, event, TWO)
    assert (await _facts(office, event, TWO, is_released=True)).head_name == "見本　1"


async def test_s1_3_what_was_written_after_the_clock_of_the_paper_refuses_the_first_one(office: Office) -> None:
    """A copy made again is told by that clock."""
    await office.load(someone(1))
    event = await _leave(office, ONE)
    await office.file("CE", {ONE: {"name": "見本　正"}}, now=LATER + timedelta(seconds=1))
    with pytest.raises(TooManyWriters):
        await _facts(office, event)
    assert (await _facts(office, event, now=LATER + timedelta(seconds=1))).people[0].name == "見本　正"


def _numbered(serial: int, body: str, keys: FileKeyProvider, **items: Any) -> Any:
    sealed = seal_my_number(RegistryKeys.of(keys), CITY, number_of(serial), my_number(body))
    return someone(serial, my_number=sealed, **items)


async def test_r_51_each_my_number_that_is_read_is_recorded_with_its_purpose_and_paper(
    office: Office, keys: FileKeyProvider
) -> None:
    await office.load(
        _numbered(1, "12345678901", keys), _numbered(2, "22345678901", keys, relationship="妻"), someone(3, "子")
    )
    event = await _leave(office, ONE, TWO, THREE)
    facts = await _facts(office, event)
    assert all(one.my_number is None for one in facts.people)
    async with city_transaction(office.connection, CITY):
        persons = [one.person_number for one in facts.people]
        read = await read_my_numbers(office.connection, CITY, persons, facts.as_of, keys, ALLOWED, PAPER, LATER)
        all_done = await operations(office.connection, CITY, TODAY, TODAY + timedelta(days=1))
        looks = await who_looked(office.connection, CITY, THREE)
    assert read == {ONE: my_number("12345678901"), TWO: my_number("22345678901")}
    [done] = [one for one in all_done if one.my_number_seen]
    assert (done.what, done.items, done.purpose, done.persons) == ("my_number", PAPER, "本人", 3)
    assert [look.my_number_seen for look in looks if look.what == "my_number"] == [True]
    assert my_number("12345678901") not in repr(facts)


async def test_r_51_a_my_number_is_read_as_it_was_when_the_paper_was_made_first(
    office: Office, keys: FileKeyProvider
) -> None:
    await office.load(_numbered(1, "12345678901", keys))
    event = await _leave(office, ONE)
    await _made(office, event)
    changed = seal_my_number(RegistryKeys.of(keys), CITY, ONE, my_number("92345678901"))
    await office.file("MN2", {ONE: {"my_number": changed}}, now=LATER + timedelta(minutes=1))
    facts = await _facts(office, event, now=LATER + timedelta(minutes=2))
    async with city_transaction(office.connection, CITY):
        read = await read_my_numbers(office.connection, CITY, [ONE], facts.as_of, keys, ALLOWED, PAPER, LATER)
    assert (facts.is_reissue, read) == (True, {ONE: my_number("12345678901")})


async def test_r_50_without_the_right_no_my_number_is_read_and_that_it_was_asked_for_stays(
    office: Office, keys: FileKeyProvider
) -> None:
    await office.load(_numbered(1, "12345678901", keys))
    with pytest.raises(NoRight):
        await require_my_number_sight(office.connection, CITY, CLERK, PAPER, LATER)
    async with city_transaction(office.connection, CITY):
        with pytest.raises(NoRight):
            await read_my_numbers(office.connection, CITY, [ONE], LATER, keys, CLERK, PAPER, LATER)
        done = (await operations(office.connection, CITY, TODAY, TODAY + timedelta(days=1)))[-1]
    assert (done.what, done.items, done.persons, done.my_number_seen, done.refused) == (
        "my_number",
        PAPER,
        0,
        False,
        True,
    )
    await require_my_number_sight(office.connection, CITY, ALLOWED, PAPER, LATER)
