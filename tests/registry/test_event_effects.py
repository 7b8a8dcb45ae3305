"""What each kind of event does to the rows of the people it concerns."""

from datetime import date

from civil.check_digits import my_number
from civil.recorded_date import RecordedDate
from registry.residents import Alert, SealedMyNumber, State, number_of, seal_my_number
from tests.registry.office import CITY, HOME, KEYS, TODAY, Office, days_ago, someone

ONE, TWO, THREE = number_of(1), number_of(2), number_of(3)
ELSEWHERE = number_of(2)


async def test_birth_enters_the_child_as_a_resident_since_its_birth(office: Office) -> None:
    await office.load(someone(1))
    child = someone(2, "子", birth=days_ago(5), address_before_move_in="ない", address_before_move="ない")
    recorded = await office.file("BI", entries=(child,), occurred=days_ago(5), identity_check=None)
    row = (await office.person(TWO)).record
    assert (row.resident_since, row.address_since) == (days_ago(5), days_ago(5))
    assert (row.address_before_move_in, row.address_before_move, row.address_notified_on) == (None, None, TODAY)
    assert (dict(recorded.persons), dict(recorded.households)) == ({TWO: 1}, {HOME: 2})


async def test_move_in_makes_the_day_of_the_move_the_first_day_here(office: Office) -> None:
    await office.file("IN1", entries=(someone(1, address_before_move_in="群馬県太田市見本町１番地"),))
    row = (await office.person(ONE)).record
    assert (row.resident_since, row.address_since) == (days_ago(3), days_ago(3))
    assert (row.address_before_move_in, row.address_before_move) == ("群馬県太田市見本町１番地", None)


async def test_move_in_from_abroad_of_a_foreigner_has_its_own_first_day_and_no_other(office: Office) -> None:
    await office.file("IN3", entries=(_foreigner(1),))
    row = (await office.person(ONE)).record
    assert (row.foreign_resident_since, row.resident_since) == (days_ago(3), None)


async def test_ex_officio_entry_is_taken_as_it_was_found_out(office: Office) -> None:
    found = someone(1, address_since=RecordedDate.uncertain("令和5年頃"))
    await office.file("OI", entries=(found,), notified_on=None, identity_check=None)
    assert (await office.person(ONE)).record == found


async def test_move_within_keeps_the_old_address_as_the_one_before(office: Office) -> None:
    await office.load(someone(1, building="見本荘１０１号"))
    await office.file("MV", {ONE: {"address": "栃木県足利市通二丁目１番地", "building": None}})
    row = await office.person(ONE)
    assert row.history_number == 2
    assert row.record.address_before_move == "栃木県足利市本城三丁目２１４５番地　見本荘１０１号"
    assert (row.record.address, row.record.building) == ("栃木県足利市通二丁目１番地", None)
    assert (row.record.address_since, row.record.address_notified_on) == (days_ago(3), TODAY)


async def test_move_into_another_household_moves_both_households(office: Office) -> None:
    await office.load(someone(1), someone(2, "子"), someone(3, household_number=ELSEWHERE))
    to = {"address": "栃木県足利市通二丁目１番地", "household_number": ELSEWHERE, "relationship": "同居人"}
    recorded = await office.file("MV", {TWO: to})
    assert dict(recorded.households) == {HOME: 2, ELSEWHERE: 2}
    assert (await office.members(), await office.members(ELSEWHERE)) == ([ONE], [THREE, TWO])


async def test_planned_move_out_leaves_a_resident_who_is_a_planned_mover(office: Office) -> None:
    await office.load(someone(1))
    planned = RecordedDate(date(2027, 3, 31))
    recorded = await office.file("OU1", {ONE: {"move_out_address": "東京都足立区見本町１番地"}}, occurred=planned)
    row = (await office.person(ONE)).record
    assert (row.state, row.planned_move_out_on, row.removed) == (State.PLANNED_MOVER, date(2027, 3, 31), None)
    assert recorded.alerts == ()


async def test_head_who_plans_to_leave_others_behind_is_told_to_staff(office: Office) -> None:
    await office.load(someone(1), someone(2, "子"))
    recorded = await office.file("OU1", {ONE: {"move_out_address": "東京都足立区見本町１番地"}}, occurred=days_ago(0))
    assert recorded.alerts == (Alert.HEAD_PLANS_TO_LEAVE,)


async def test_move_out_is_completed_when_the_day_comes(office: Office) -> None:
    await office.load(someone(1))
    await office.file("OU1", {ONE: {"move_out_address": "東京都足立区見本町１番地"}}, occurred=days_ago(2))
    await office.file("OU9", {ONE: {}}, occurred=days_ago(2), notified_on=None, identity_check=None)
    row = await office.person(ONE)
    assert (row.history_number, row.record.state, row.record.removal_reason) == (3, State.REMOVED, "転出")
    assert (row.record.removed, row.record.planned_move_out_on) == (days_ago(2), TODAY.replace(day=21))
    assert await office.members() == []


async def test_death_removes_and_may_leave_a_household_without_head(office: Office) -> None:
    await office.load(someone(1), someone(2, "妻"))
    recorded = await office.file(
        "DE", {ONE: {}}, occurred=RecordedDate.uncertain("令和8年11月上旬"), identity_check=None
    )
    row = (await office.person(ONE)).record
    assert (row.state, row.removal_reason) == (State.REMOVED, "死亡")
    assert recorded.alerts == (Alert.HOUSEHOLD_WITHOUT_HEAD, Alert.ONE_MEMBER_LEFT)
    (household,) = await office.rows("SELECT head_person_number, last_sequence FROM registry.household")
    assert household == {"head_person_number": None, "last_sequence": 2}


async def test_change_of_head_sets_every_relationship_and_the_head(office: Office) -> None:
    await office.load(someone(1), someone(2, "子", birth=RecordedDate(date(2001, 1, 1))))
    await office.file("HH", {ONE: {"relationship": "母"}, TWO: {"relationship": "世帯主"}})
    assert await office.members() == [TWO, ONE]
    (household,) = await office.rows("SELECT head_person_number FROM registry.household")
    assert household["head_person_number"] == TWO


async def test_protective_measure_lasts_a_year_less_a_day(office: Office) -> None:
    await office.load(someone(1), someone(2, "子"))
    recorded = await office.file("PM+", {ONE: {"suppressed_from": date(2020, 4, 1)}})
    row = (await office.person(ONE)).record
    assert (row.suppressed, row.suppressed_from, row.suppressed_until) == (True, date(2020, 4, 1), date(2021, 3, 31))
    assert (dict(recorded.persons), dict(recorded.households)) == ({ONE: 2}, {HOME: 2})


async def test_end_of_protective_measure_leaves_nothing_of_it(office: Office) -> None:
    await office.load(someone(1))
    await office.file("PM+", {ONE: {}})
    await office.file("PM-", {ONE: {}}, occurred=days_ago(0))
    row = await office.person(ONE)
    assert row.history_number == 3
    assert (row.record.suppressed, row.record.suppression_reason, row.record.suppressed_until) == (False, None, None)


async def test_small_correction_changes_text_and_nothing_else(office: Office) -> None:
    await office.load(someone(1))
    before = (await office.person(ONE)).record
    await office.file("MI", {ONE: {"name": "見元　一"}}, notified_on=None, identity_check=None)
    after = (await office.person(ONE)).record
    assert after.name == "見元　一"
    assert {item for item in before.__slots__ if getattr(before, item) != getattr(after, item)} == {"name"}


async def test_cancelled_move_out_restores_the_resident_by_adding_a_row(office: Office) -> None:
    await office.load(someone(1))
    before = (await office.person(ONE)).record
    planned = await office.file("OU1", {ONE: {"move_out_address": "東京都足立区見本町１番地"}}, occurred=days_ago(0))
    cancelled = await office.file("UN+", reverses=planned.event_id)
    row = await office.person(ONE)
    assert (row.record, row.history_number, dict(cancelled.persons)) == (before, 3, {ONE: 3})


async def test_cancelling_a_move_does_not_lift_a_protection_that_came_later(office: Office) -> None:
    await office.load(someone(1))
    planned = await office.file("OU1", {ONE: {"move_out_address": "東京都足立区見本町１番地"}}, occurred=days_ago(0))
    await office.file("PM+", {ONE: {}})
    await office.file("UN+", reverses=planned.event_id)
    row = (await office.person(ONE)).record
    assert (row.state, row.suppressed) == (State.RESIDENT, True)


async def test_cancelled_death_brings_back_the_head(office: Office) -> None:
    await office.load(someone(1), someone(2, "妻"))
    died = await office.file("DE", {ONE: {}}, identity_check=None)
    recorded = await office.file("UN+", reverses=died.event_id)
    assert (await office.members(), recorded.alerts) == ([ONE, TWO], ())


async def test_re_entry_continues_the_history_of_the_same_number(office: Office) -> None:
    await office.load(someone(1))
    await office.file("OU1", {ONE: {"move_out_address": "東京都足立区見本町１番地"}}, occurred=days_ago(10))
    await office.file("OU9", {ONE: {}}, occurred=days_ago(10))
    recorded = await office.file("IN1", entries=(someone(1),), occurred=days_ago(1))
    assert dict(recorded.persons) == {ONE: 4}
    assert (await office.person(ONE)).record.state is State.RESIDENT


async def test_re_entry_of_a_protected_person_stays_protected(office: Office) -> None:
    await office.load(someone(1))
    await office.file("PM+", {ONE: {}})
    await office.file("OU1", {ONE: {"move_out_address": "東京都足立区見本町１番地"}}, occurred=days_ago(1))
    await office.file("OU9", {ONE: {}}, occurred=days_ago(1))
    await office.file("IN1", entries=(someone(1),), occurred=days_ago(0))
    assert (await office.person(ONE)).record.suppressed


async def test_late_notification_is_recorded_and_told_to_staff(office: Office) -> None:
    recorded = await office.file("IN1", entries=(someone(1),), occurred=days_ago(15))
    assert recorded.alerts == (Alert.LATE_NOTIFICATION,)
    assert (await office.file("IN1", entries=(someone(2, "子"),), occurred=days_ago(14))).alerts == ()


async def test_my_number_is_kept_sealed_and_found_by_its_index(office: Office) -> None:
    plain = my_number("12345678901")
    sealed = seal_my_number(KEYS, CITY, ONE, plain)
    await office.file("IN1", entries=(someone(1, my_number=sealed),))
    kept = (await office.person(ONE)).record.my_number
    assert kept == SealedMyNumber(sealed.sealed, 1, sealed.index)
    assert plain not in str(await office.rows("SELECT * FROM registry.person_history"))


def _foreigner(serial: int) -> object:
    return someone(
        serial,
        domicile=None,
        first_registrant=None,
        nationality="ネパール",
        article_30_45_category="中長期在留者",
        residence_status="留学",
        residence_period="２年",
        residence_card_number="AB12345678CD",
    )
