"""What the table of kinds says of each kind, seen happening: effects, refusals, follow-ups, cancellations."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from civil.check_digits import my_number, resident_code
from civil.recorded_date import RecordedDate
from registry.residents import (
    EVENT_KINDS,
    Alert,
    BornBefore,
    CancelledBefore,
    FollowUp,
    HouseholdEmpty,
    HouseholdsApart,
    HouseholdTaken,
    HouseholdWithoutHead,
    ItemMissing,
    LaterEventStands,
    MembersLeftBehind,
    NobodyLeftBehind,
    NoResidentCodeLeft,
    Notice,
    NotReversible,
    PastSpecialDeadline,
    RecordedEvent,
    RemovedBefore,
    ResidentEvent,
    SecondPersonMissing,
    State,
    TooLateToNotify,
    WrongCheckDigit,
    WrongNationality,
    WrongState,
    add_resident_codes,
    city_transaction,
    number_of,
    resident_codes_left,
    seal_my_number,
)
from tests.registry.office import CITY, FOREIGN, HOME, KEYS, TODAY, Office, days_ago, someone

ONE, TWO, THREE, FOUR = (number_of(serial) for serial in range(1, 5))
OTHER, NEW = number_of(2), number_of(3)
AWAY = {"move_out_address": "東京都足立区見本町１番地"}
CODES = [resident_code(f"90000000{serial:02}") for serial in range(60)]
KOSEKI = {"name": "見本　花子", "domicile": "栃木県足利市通二丁目１番地", "first_registrant": "見本　花子"}


async def _pool(office: Office, count: int = 60) -> None:
    async with city_transaction(office.connection, CITY):
        await add_resident_codes(office.connection, CITY, CODES[:count])


# 記載 ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("planned", "moved", "filed", "in_time"), [
    (date(2026, 4, 1), date(2026, 4, 3), date(2026, 4, 17), True),
    (date(2026, 4, 1), date(2026, 4, 3), date(2026, 4, 18), False),
    (date(2026, 4, 1), date(2026, 4, 30), date(2026, 5, 1), True),
    (date(2026, 4, 1), date(2026, 4, 30), date(2026, 5, 2), False),
])  # fmt: skip
async def test_in2_moving_in_by_card_has_its_deadline(
    office: Office, planned: date, moved: date, filed: date, *, in_time: bool
) -> None:
    details: dict[str, Any] = {
        "entries": (someone(1),), "occurred": RecordedDate(moved), "notified_on": filed, "planned_elsewhere_on": planned,
    }  # fmt: skip
    if in_time:
        await office.file("IN2", **details)
        assert (await office.person(ONE)).record.further["resident_by"] == "転入"
    else:
        with pytest.raises(PastSpecialDeadline):
            await office.file("IN2", **details)


async def test_in2_needs_the_planned_day_of_the_certificate(office: Office) -> None:
    with pytest.raises(ItemMissing) as refused:
        await office.file("IN2", entries=(someone(1),))
    assert refused.value.item == "planned_elsewhere_on"


@pytest.mark.parametrize(("given", "kept"), [
    ("群馬県太田市見本町１番地", "群馬県太田市見本町１番地（未届）"), (None, "不明"), ("不明", "不明"), ("太田市（未届）", "太田市（未届）"),
])  # fmt: skip
async def test_in4_an_unfiled_address_is_marked(office: Office, given: str | None, kept: str) -> None:
    recorded = await office.file("IN4", entries=(someone(1, address_before_move_in=given),))
    assert (await office.person(ONE)).record.address_before_move_in == kept
    assert (ONE, FollowUp.UNFILED_PLACE_NOTICE.value) in recorded.follow_ups


async def test_in1_follow_ups_are_written_beside_the_event(office: Office) -> None:
    recorded = await office.file("IN1", entries=(someone(1),))
    rows = await office.rows("SELECT event_id, person_number, what FROM registry.follow_up ORDER BY what")
    assert {(row["event_id"], row["person_number"]) for row in rows} == {(recorded.event_id, ONE)}
    assert {row["what"] for row in rows} == {FollowUp.MOVE_IN_NOTICE.value, FollowUp.SUPPLEMENT_NOTICE.value}


async def test_in1_one_who_comes_back_is_marked_and_a_namesake_is_told(office: Office) -> None:
    await office.load(someone(1))
    await office.file("DE", {ONE: {}})
    recorded = await office.file("IN1", entries=(someone(2, name=someone(1).name),))
    assert recorded.alerts == (Alert.SIMILAR_PERSON,)
    await office.file("IN1", entries=(someone(1, household_number=NEW),), occurred=days_ago(1))
    assert (await office.person(ONE)).record.further["re_entry"] == "再転入"


async def test_in3_one_who_has_no_resident_code_is_given_one_at_random(office: Office) -> None:
    await _pool(office)
    recorded = await office.file("IN3", entries=(someone(1, resident_code="", **FOREIGN),))
    assert (await office.person(ONE)).record.resident_code in CODES
    assert recorded.alerts == ()
    assert (ONE, Notice.RESIDENT_CODE.value) in recorded.follow_ups
    async with city_transaction(office.connection, CITY):
        assert await resident_codes_left(office.connection, CITY) == 59


async def test_bi_takes_the_koseki_of_the_household(office: Office) -> None:
    await office.load(someone(1), someone(2, "妻", domicile="なし", first_registrant="なし"))
    born = someone(3, "子", birth=days_ago(3), domicile=None, first_registrant=None)
    await office.file("BI", entries=(born,), identity_check=None)
    row = (await office.person(THREE)).record
    assert (row.domicile, row.first_registrant) == (someone(1).domicile, someone(1).first_registrant)
    assert row.further == {"resident_by": "出生", "birth_notified_on": TODAY}


async def test_bi_a_second_birth_of_the_same_child_is_refused(office: Office) -> None:
    await office.load(someone(1))
    child = {"name": "見本　光", "birth": days_ago(3)}
    await office.file("BI", entries=(someone(2, "子", **child),), identity_check=None)
    with pytest.raises(BornBefore):
        await office.file("BI", entries=(someone(3, "子", **child),), identity_check=None)
    await office.file("BI", entries=(someone(4, "子", name="見本　輝", birth=days_ago(3)),), identity_check=None)


# 組 --------------------------------------------------------------------------------------------------------------------


async def test_na_closes_the_foreign_record_and_makes_a_japanese_one(office: Office) -> None:
    await office.load(someone(1, alias="見本　花", residence_card_number="AB12345678CD", **FOREIGN))
    recorded = await office.file("NA", {ONE: KOSEKI}, occurred=days_ago(9))
    rows = await office.rows(
        "SELECT history_number, state, removal_reason, nationality FROM registry.person_history ORDER BY 1"
    )
    assert [tuple(row.values()) for row in rows] == [
        (1, "resident", None, "ネパール"), (2, "removed", "帰化等", "ネパール"), (3, "resident", None, None),
    ]  # fmt: skip
    row = (await office.person(ONE)).record
    assert (row.resident_since, row.foreign_resident_since) == (RecordedDate(date(2012, 7, 9)), None)
    assert (row.alias, row.residence_card_number, row.name) == (None, None, "見本　花子")
    assert row.further["naturalised_on"] == days_ago(9).on
    assert dict(recorded.persons) == {ONE: 3}
    told = await office.rows("SELECT sequence FROM registry.outbox WHERE subject = 'person' ORDER BY outbox_id")
    assert [row["sequence"] for row in told] == [1, 2, 3]


async def test_na_is_for_foreigners_and_nl_for_japanese(office: Office) -> None:
    await office.load(someone(1), someone(2, "妻", **FOREIGN))
    with pytest.raises(WrongNationality):
        await office.file("NA", {ONE: KOSEKI})
    with pytest.raises(WrongNationality):
        await office.file("NL", {TWO: {"nationality": "ブラジル", "article_30_45_category": "特別永住者"}})
    with pytest.raises(ItemMissing):
        await office.file("NA", {TWO: {"name": "見本"}})


@pytest.mark.parametrize(
    ("lost", "since"), [(date(2005, 1, 1), date(2010, 4, 1)), (date(2020, 1, 1), date(2020, 1, 1))]
)
async def test_nl_counts_from_the_later_of_the_two_days(office: Office, lost: date, since: date) -> None:
    await office.load(someone(1, resident_since=RecordedDate(date(2010, 4, 1))))
    change = {"nationality": "ブラジル", "article_30_45_category": "国籍喪失による経過滞在者", "name": "MIHON HANA"}
    await office.file("NL", {ONE: change}, occurred=RecordedDate(lost))
    row = (await office.person(ONE)).record
    assert row.foreign_resident_since == RecordedDate(since)
    assert (row.resident_since, row.domicile, row.nationality) == (None, None, "ブラジル")


async def test_rf_renews_the_record_and_changes_nothing(office: Office) -> None:
    await office.load(someone(1))
    before = (await office.person(ONE)).record
    await office.file("RF", {ONE: {}})
    after = await office.person(ONE)
    assert (after.record, after.history_number) == (before, 3)
    (old,) = await office.rows(
        "SELECT removal_reason, removed_in FROM registry.person_history WHERE history_number = 2"
    )
    assert old == {"removal_reason": "改製", "removed_in": 2026}


# 世帯 ------------------------------------------------------------------------------------------------------------------


async def test_hs_splits_and_hm_merges_and_hc_changes_without_any_move(office: Office) -> None:
    await office.load(someone(1), someone(2, "子"), someone(3, "子"))
    head = {"household_number": OTHER, "relationship": "世帯主"}
    await office.file("HS", {TWO: head})
    assert (await office.members(), await office.members(OTHER)) == ([ONE, THREE], [TWO])
    await office.file("HC", {THREE: {"household_number": OTHER, "relationship": "妹"}})
    assert await office.members(OTHER) == [TWO, THREE]
    back = {"household_number": HOME, "relationship": "子"}
    merged = await office.file("HM", {TWO: back, THREE: back})
    assert (await office.members(), await office.members(OTHER)) == ([ONE, TWO, THREE], [])
    assert dict(merged.households) == {HOME: 4, OTHER: 3}
    assert (await office.person(TWO)).record.address == someone(2).address


async def test_hs_hm_hc_refuse_what_is_another_kind(office: Office) -> None:
    await office.load(
        someone(1),
        someone(2, "子"),
        someone(3, household_number=OTHER),
        someone(4, household_number=NEW, address="別町１番地"),
    )
    member = {"relationship": "同居人"}
    with pytest.raises(HouseholdTaken):
        await office.file("HS", {TWO: member | {"household_number": OTHER}})
    with pytest.raises(HouseholdEmpty):
        await office.file("HC", {TWO: member | {"household_number": number_of(9)}})
    with pytest.raises(HouseholdsApart):
        await office.file("HC", {TWO: member | {"household_number": NEW}})
    with pytest.raises(MembersLeftBehind):
        await office.file("HM", {TWO: member | {"household_number": OTHER}})
    with pytest.raises(NobodyLeftBehind):
        await office.file("HC", {THREE: member | {"household_number": HOME}})
    with pytest.raises(ItemMissing):
        await office.file("HS", {TWO: {"household_number": number_of(9)}})
    with pytest.raises(HouseholdWithoutHead):
        await office.file("HS", {TWO: member | {"household_number": number_of(9)}})


async def test_hh_tells_whose_relationship_was_not_looked_at(office: Office) -> None:
    await office.load(someone(1), someone(2, "妻"), someone(3, "子"))
    recorded = await office.file("HH", {ONE: {"relationship": "夫"}, TWO: {"relationship": "世帯主"}})
    assert recorded.alerts == (Alert.RELATIONSHIPS_NOT_RESET,)


async def test_a_household_that_lost_its_head_asks_the_first_member_and_lives_on(office: Office) -> None:
    await office.load(someone(1), someone(2, "子"), someone(3, "妻"))
    recorded = await office.file("DE", {ONE: {}})
    assert recorded.alerts == (Alert.HOUSEHOLD_WITHOUT_HEAD,)
    assert (THREE, Notice.HEAD_CHANGE_REQUEST.value) in recorded.follow_ups
    again = await office.file("PM+", {TWO: {}})
    assert again.alerts == (Alert.HOUSEHOLD_WITHOUT_HEAD,)
    assert again.follow_ups == ()


# 番号・氏名 --------------------------------------------------------------------------------------------------------------


async def test_rc1_a_new_code_is_drawn_and_cannot_be_chosen(office: Office) -> None:
    await office.load(someone(1))
    with pytest.raises(NoResidentCodeLeft):
        await office.file("RC1", {ONE: {}})
    await _pool(office, 2)
    recorded = await office.file("RC1", {ONE: {}})
    first = (await office.person(ONE)).record.resident_code
    assert first in CODES[:2]
    assert recorded.alerts == (Alert.FEW_RESIDENT_CODES,)
    assert (ONE, Notice.RESIDENT_CODE_CHANGE.value) in recorded.follow_ups
    await office.file("RC2", {ONE: {}})
    assert {first, (await office.person(ONE)).record.resident_code} == set(CODES[:2])
    with pytest.raises(NoResidentCodeLeft):
        await office.file("RC1", {ONE: {}})


async def test_rc1_codes_with_a_wrong_check_digit_are_not_taken_in(office: Office) -> None:
    async with city_transaction(office.connection, CITY):
        with pytest.raises(WrongCheckDigit):
            await add_resident_codes(office.connection, CITY, [CODES[0], "25208017644"])
        assert await resident_codes_left(office.connection, CITY) == 0


async def test_mn_a_my_number_is_entered_once_and_changed_after(office: Office) -> None:
    await office.load(someone(1))
    first, second = (seal_my_number(KEYS, CITY, ONE, my_number(f"1234567890{digit}")) for digit in (1, 2))
    await office.file("MN3", {ONE: {"my_number": first}})
    with pytest.raises(WrongState):
        await office.file("MN3", {ONE: {"my_number": second}})
    recorded = await office.file("MN1", {ONE: {"my_number": second}})
    assert (await office.person(ONE)).record.my_number == second
    assert (ONE, FollowUp.MY_NUMBER_CHANGE.value) in recorded.follow_ups
    with pytest.raises(ItemMissing):
        await office.file("MN2", {ONE: {}})


async def test_pn_a_former_surname_is_entered_changed_and_deleted(office: Office) -> None:
    await office.load(someone(1), someone(2, "妻", **FOREIGN))
    for kind in ("PN2", "PN3"):
        with pytest.raises(WrongState):
            await office.file(kind, {ONE: {"former_surname": "旧"} if kind == "PN2" else {}})
    await office.file("PN1", {ONE: {"former_surname": "旧", "former_surname_furigana": "キュウ"}})
    await office.file("PN2", {ONE: {"former_surname": "元"}})
    assert (await office.person(ONE)).record.former_surname == "元"
    await office.file("PN3", {ONE: {}})
    row = (await office.person(ONE)).record
    assert (row.former_surname, row.former_surname_furigana) == (None, None)
    with pytest.raises(WrongNationality):
        await office.file("PN1", {TWO: {"former_surname": "旧"}})


async def test_pn_an_alias_keeps_its_history(office: Office) -> None:
    await office.load(someone(1, **FOREIGN))
    await office.file("PN4", {ONE: {"alias": "見本　花"}}, occurred=days_ago(9))
    await office.file("PN5", {ONE: {}}, occurred=days_ago(5))
    await office.file("PN4", {ONE: {"alias": "見本　桜"}}, occurred=days_ago(1))
    row = (await office.person(ONE)).record
    assert row.alias == "見本　桜"
    assert row.further["alias_names"] == ("見本　花", "見本　桜")
    assert row.further["alias_registered_on"] == (days_ago(9).on, days_ago(1).on)
    assert row.further["alias_deleted_on"] == (days_ago(5).on, None)


async def test_ce_keeps_the_wrong_row_and_may_mend_a_removed_record(office: Office) -> None:
    await office.load(someone(1))
    await office.file("DE", {ONE: {}})
    await office.file("CE", {ONE: {"birth": RecordedDate(date(1980, 4, 3))}})
    rows = await office.rows("SELECT birth_on FROM registry.person_history ORDER BY history_number")
    assert [row["birth_on"].day for row in rows] == [2, 2, 3]
    with pytest.raises(ItemMissing):
        await office.file("CE", {ONE: {}})


# 転出・消除 --------------------------------------------------------------------------------------------------------------


async def test_ou_the_planned_day_is_kept_beside_what_the_other_city_told(office: Office) -> None:
    await office.load(someone(1), someone(2, "妻"))
    out = await office.file("OU2", {ONE: AWAY, TWO: AWAY}, occurred=days_ago(-10))
    assert (ONE, FollowUp.MOVE_OUT_DATA.value) in out.follow_ups
    await office.file("TN", {ONE: {"settled_address": "足立区本町２番地"}}, occurred=days_ago(2))
    row = (await office.person(ONE)).record
    assert (row.state, row.removed, row.move_out_address) == (State.REMOVED, days_ago(2), AWAY["move_out_address"])
    assert row.further["settled_address"] == "足立区本町２番地"
    assert (row.further["settled_move_out_on"], row.planned_move_out_on) == (days_ago(2).on, days_ago(-10).on)


async def test_tn_after_the_day_adds_to_the_removed_record_and_death_is_no_move_out(office: Office) -> None:
    await office.load(someone(1), someone(2, "妻"))
    await office.file("OU1", {ONE: AWAY}, occurred=days_ago(5))
    await office.file("OU9", {ONE: {}}, occurred=days_ago(5))
    await office.file("TN", {ONE: {}}, occurred=days_ago(4))
    row = (await office.person(ONE)).record
    assert (row.removed, row.further["settled_move_out_on"]) == (days_ago(5), days_ago(4).on)
    await office.file("DE", {TWO: {}})
    with pytest.raises(WrongState):
        await office.file("TN", {TWO: {}})


async def test_ou_a_move_out_told_too_late_is_a_removal_ex_officio(office: Office) -> None:
    await office.load(someone(1))
    with pytest.raises(TooLateToNotify):
        await office.file("OU1", {ONE: AWAY}, occurred=days_ago(15))
    recorded = await office.file("OD", {ONE: {}}, occurred=days_ago(15), notified_on=None)
    assert (await office.person(ONE)).record.removal_reason == "職権消除"
    assert (ONE, Notice.LIKE_MOVE_OUT_CERTIFICATE.value) in recorded.follow_ups


async def test_om_de_may_fall_on_a_day_that_no_calendar_has(office: Office) -> None:
    await office.load(someone(1), someone(2, "妻"))
    impossible = RecordedDate.uncertain("令和5年2月29日", date(2023, 2, 28))
    await office.file("OM", {ONE: {}}, occurred=impossible)
    await office.file("DE", {TWO: {}}, occurred=RecordedDate.uncertain("年月日不詳"))
    assert ((await office.person(ONE)).record.removed, (await office.person(ONE)).record.removal_reason) == (
        impossible,
        "失踪",
    )
    with pytest.raises(ItemMissing):
        await office.file("UN+", reverses=None)


# 取消し ----------------------------------------------------------------------------------------------------------------


async def test_un_minus_takes_back_an_entry_that_nothing_followed(office: Office) -> None:
    await office.load(someone(1))
    entered = await office.file("IN1", entries=(someone(2, "子"),))
    cancelled = await office.file("UN-", reverses=entered.event_id)
    row = (await office.person(TWO)).record
    assert (row.state, row.removal_reason) == (State.REMOVED, "異動の取消し")
    assert (dict(cancelled.persons), await office.members()) == ({TWO: 2}, [ONE])
    with pytest.raises(CancelledBefore):
        await office.file("UN-", reverses=entered.event_id)
    with pytest.raises(RemovedBefore):
        await office.file("IN1", entries=(someone(3, "子", resident_code=someone(2).resident_code),))


async def test_un_minus_of_a_re_entry_goes_back_to_the_removed_record(office: Office) -> None:
    await office.load(someone(1))
    await office.file("DE", {ONE: {}}, occurred=days_ago(9))
    gone = (await office.person(ONE)).record
    back = await office.file("IN1", entries=(someone(1),), occurred=days_ago(2))
    await office.file("UN-", reverses=back.event_id)
    assert (await office.person(ONE)).record == gone


async def test_un_minus_is_refused_after_a_later_change(office: Office) -> None:
    entered = await office.file("IN1", entries=(someone(1),))
    await office.file("MI", {ONE: {"name": "見本　改"}})
    with pytest.raises(LaterEventStands):
        await office.file("UN-", reverses=entered.event_id)


async def test_un_tilde_takes_back_a_correction_a_split_and_a_naturalisation(office: Office) -> None:
    await office.load(someone(1), someone(2, "子", **FOREIGN))
    for kind, changes in (
        ("CO", {ONE: {"building": "見本荘"}}), ("HS", {TWO: {"household_number": OTHER, "relationship": "世帯主"}}),
        ("NA", {TWO: KOSEKI}), ("HH", {ONE: {"relationship": "母"}, TWO: {"relationship": "世帯主"}}),
    ):  # fmt: skip
        before = {number: (await office.person(number)).record for number in (ONE, TWO)}
        recorded = await office.file(kind, changes)
        with pytest.raises(NotReversible) as refused:
            await office.file("UN+", reverses=recorded.event_id)
        assert refused.value.use == "UN~"
        await office.file("UN~", reverses=recorded.event_id)
        assert {number: (await office.person(number)).record for number in (ONE, TWO)} == before, kind


# 二人の職員 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("decided_by", [None, "", " ", "職員０１", "職員01", "職員 ０１", "\u3000職員０１"])
async def test_two_persons_are_needed_where_the_table_asks(office: Office, decided_by: str | None) -> None:
    await office.load(someone(1))
    asking = [kind for kind in EVENT_KINDS.values() if kind.two_persons]
    assert {kind.code for kind in asking} >= {"OI", "CO", "CE", "OD", "OM", "NA", "NL", "MN2", "RC2", "UN-", "UN~"}
    event = _event("OD", {ONE: {}})
    with pytest.raises(SecondPersonMissing):
        await office.record(event, decided_by=decided_by)
    assert (await office.person(ONE)).history_number == 1
    await office.record(event, decided_by="職員０２")
    (row,) = await office.rows("SELECT operator, decided_by FROM registry.event WHERE kind = 'OD'")
    assert row == {"operator": "職員０１", "decided_by": "職員０２"}


def _event(kind: str, changes: Mapping[str, Mapping[str, Any]]) -> ResidentEvent:
    return ResidentEvent(kind=kind, occurred=days_ago(1), changes=changes)


async def test_what_an_event_says_of_itself_is_kept(office: Office) -> None:
    await office.load(someone(1))
    recorded: RecordedEvent = await office.file("DE", {ONE: {}}, note="火葬許可証で確認")
    (row,) = await office.rows("SELECT notified_as, note FROM registry.event WHERE event_id = $1", recorded.event_id)
    assert row == {"notified_as": "通知日", "note": "火葬許可証で確認"}
