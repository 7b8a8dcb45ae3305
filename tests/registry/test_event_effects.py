"""What each kind of event does to the rows of the people it concerns."""

from datetime import date
from typing import Any

import pytest

from civil.check_digits import my_number
from civil.recorded_date import RecordedDate
from registry.residents import Alert, SealedMyNumber, State, WrongState, number_of, seal_my_number
from tests.registry.office import CITY, FOREIGN, HOME, KEYS, TODAY, Office, days_ago, someone

ONE, TWO, THREE = number_of(1), number_of(2), number_of(3)
ELSEWHERE = number_of(2)
ALIAS_HISTORY = ("alias_registered_on", "alias_registered_in", "alias_deleted_on", "alias_deleted_in", "alias_names")


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


PLACE: dict[str, Any] = {
    "town_code": "0054003", "district_code": "0000000001", "lot_ban": 2145, "lot_go": 3, "lot_branch": 1, "lot_spare": 2,
    "lot_sign": True, "edited_lot": "２１４５－３",
}  # fmt: skip
KOSEKI_PLACE = {"domicile_municipality_code": CITY, "domicile_municipality": "足利市", "domicile_town_code": "0054003"}


@pytest.mark.parametrize("kind", ["MV", "MI", "CO", "CE"])
async def test_another_address_takes_the_parts_of_the_old_one_along_and_has_those_that_are_named(
    office: Office, kind: str
) -> None:
    await office.load(someone(1, further=PLACE | KOSEKI_PLACE | {"telephone": "0284"}))
    await office.file(kind, {ONE: {"address": "栃木県足利市通二丁目１番地", "lot_ban": 1}})
    further = (await office.person(ONE)).record.further
    assert further == KOSEKI_PLACE | {"telephone": "0284", "lot_ban": 1}


@pytest.mark.parametrize("kind", ["MV", "MI"])
async def test_the_parts_of_an_address_stay_with_it(office: Office, kind: str) -> None:
    await office.load(someone(1, further=PLACE))
    await office.file(kind, {ONE: {"address": someone(1).address, "building": "見本荘"}})
    assert (await office.person(ONE)).record.further == PLACE


async def test_mv_leaves_the_building_and_the_postal_code_of_the_old_address_behind(office: Office) -> None:
    await office.load(someone(1, building="見本荘１０１号"), someone(2, "子", building="見本荘１０１号"))
    await office.file("MV", {ONE: {"address": "栃木県足利市通二丁目１番地"}, TWO: {"building": "見本荘１０２号"}})
    moved, stayed = (await office.person(ONE)).record, (await office.person(TWO)).record
    assert (moved.building, moved.postal_code) == (None, None)
    assert (stayed.building, stayed.postal_code) == ("見本荘１０２号", "3260053")


async def test_mi_another_domicile_takes_its_parts_along(office: Office) -> None:
    await office.load(someone(1, further=PLACE | KOSEKI_PLACE))
    await office.file("MI", {ONE: {"domicile": "栃木県佐野市見本町１番地", "domicile_municipality": "佐野市"}})
    assert (await office.person(ONE)).record.further == PLACE | {"domicile_municipality": "佐野市"}


async def test_na_leaves_nothing_of_a_foreigner_and_nl_nothing_of_a_koseki(office: Office) -> None:
    await office.load(
        someone(1, further=KOSEKI_PLACE),
        someone(
            2, "妻", **FOREIGN, alias="見本　花", further={"nationality_code": "NPL", "alias_names": ("見本　花",)}
        ),
    )
    koseki = {"name": "見本　花子", "domicile": "栃木県足利市通二丁目１番地", "first_registrant": "見本　花子"}
    await office.file("NA", {TWO: koseki | {"domicile_municipality": "足利市"}})
    await office.file(
        "NL", {ONE: {"nationality": "ブラジル", "nationality_code": "BRA", "article_30_45_category": "特別永住者"}}
    )
    born, lost = (await office.person(TWO)).record, (await office.person(ONE)).record
    assert set(born.further) == {"resident_by", "naturalised_on", "naturalisation_notified_on", "domicile_municipality"}
    assert lost.further == {"resident_by": "国籍喪失", "nationality_code": "BRA"}


async def test_whoever_comes_back_brings_nothing_of_the_move_out(office: Office) -> None:
    await office.load(someone(1))
    out = {"move_out_address": "東京都足立区見本町１番地", "move_out_municipality": "足立区"}
    await office.file("OU1", {ONE: out}, occurred=days_ago(10))
    await office.file("TN", {ONE: {"settled_municipality": "足立区"}}, occurred=days_ago(10))
    gone = (await office.person(ONE)).record
    assert {"move_out_notified_on", "settled_move_out_on", "move_in_notice_on"} < set(gone.further)
    await office.file("IN1", entries=(gone,), occurred=days_ago(1))
    back = (await office.person(ONE)).record
    assert (back.planned_move_out_on, back.move_out_address) == (None, None)
    assert set(back.further) == {"resident_by", "move_in_notified_on", "re_entry"}


async def test_pn_the_groups_of_an_alias_history_stay_together(office: Office) -> None:
    """Whoever was loaded with a 通称 has no history of it, or a part of one: the n-th of each item is still one group."""
    old = {
        "alias_names": ("見本　旧", "見本　花"),
        "alias_registered_on": (date(2015, 1, 1),),
        "alias_deleted_on": (date(2016, 1, 1),),
    }
    await office.load(
        someone(1, **FOREIGN, alias="見本　花"), someone(2, "妻", **FOREIGN, alias="見本　花", further=old)
    )
    for number in (ONE, TWO):
        await office.file("PN5", {number: {}})
        await office.file("PN4", {number: {"alias": "見本　新"}})
    rows = [(await office.person(number)).record.further for number in (ONE, TWO)]
    groups: list[Any] = [list(zip(*(row[item] for item in ALIAS_HISTORY), strict=True)) for row in rows]
    day = days_ago(3).on
    ended = [(None, None, day, None, "見本　花"), (day, "本市", None, None, "見本　新")]
    assert groups == [ended, [(date(2015, 1, 1), None, date(2016, 1, 1), None, "見本　旧"), *ended]]


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


@pytest.mark.parametrize(("gone", "may"), [("OU9", True), ("DE", False), ("OD", False)])
async def test_end_of_protective_measure_of_a_removed_record_is_for_whoever_moved_out(
    office: Office, gone: str, *, may: bool
) -> None:
    await office.load(someone(1))
    await office.file("PM+", {ONE: {}})
    if gone == "OU9":
        await office.file("OU1", {ONE: {"move_out_address": "東京都足立区見本町１番地"}}, occurred=days_ago(1))
    await office.file(gone, {ONE: {}}, occurred=days_ago(1))
    if may:
        await office.file("PM-", {ONE: {}})
    else:
        with pytest.raises(WrongState):
            await office.file("PM-", {ONE: {}})
    row = (await office.person(ONE)).record
    assert (row.suppressed, row.state) == (not may, State.REMOVED)


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
