"""What an event will change is shown before it does, and looking changes nothing."""

from collections.abc import Mapping
from typing import Any

import pytest

from registry.residents import (
    Alert,
    DraftState,
    ItemMayNotChange,
    Previewed,
    ResidentEvent,
    city_transaction,
    drafts_about,
    enter_draft,
    number_of,
    preview_event,
    withdraw_unless,
)
from registry.residents.errors import HouseholdMoved
from tests.registry.office import CITY, HOME, NOW, SEEN, TODAY, Office, days_ago, someone

ONE, TWO = number_of(1), number_of(2)
THERE = {"address": "栃木県足利市通二丁目１番地"}


def _event(kind: str, changes: Mapping[str, Mapping[str, Any]] | None = None, **details: Any) -> ResidentEvent:
    given: dict[str, Any] = {"occurred": days_ago(3), "notified_on": TODAY, "identity_check": SEEN}
    return ResidentEvent(kind=kind, changes=changes or {}, **(given | details))


async def _preview(office: Office, event: ResidentEvent) -> Previewed:
    return await preview_event(office.connection, CITY, event, operator="職員０１", place="市民課", now=NOW)


async def _count(office: Office) -> Any:
    (row,) = await office.rows(
        "SELECT (SELECT count(*) FROM registry.event) AS events, (SELECT count(*) FROM registry.outbox) AS told, "
        "(SELECT count(*) FROM registry.search_key) AS keys, (SELECT count(*) FROM registry.whole_history) AS rows"
    )
    return row


async def test_s1_1_a_preview_shows_before_and_after_and_leaves_nothing(office: Office) -> None:
    await office.load(someone(1), someone(2, "子"))
    before = await _count(office)
    shown = await _preview(office, _event("DE", {ONE: {}}))
    ((was, (will,)),) = shown.persons.values()
    assert was is not None
    assert (was.record.in_register, will.record.in_register, will.history_number) == (True, False, 2)
    ((members, left),) = shown.households.values()
    assert ([one.record.person_number for one in members], [one.record.person_number for one in left]) == (
        [ONE, TWO],
        [TWO],
    )
    assert shown.alerts == (Alert.HOUSEHOLD_WITHOUT_HEAD, Alert.ONE_MEMBER_LEFT)
    assert await _count(office) == before


async def test_s1_1_a_preview_of_somebody_new_and_of_a_pair(office: Office) -> None:
    await office.load(someone(1))
    new = someone(2, "子", name="新　人")
    shown = await _preview(office, _event("IN1", entries=(new,)))
    assert [(was, will[0].record.name) for was, will in shown.persons.values()] == [(None, "新　人")]
    assert dict(shown.based_on) == {f"person/{TWO}": 0, f"household/{HOME}": 1}
    pair = await _preview(office, _event("RF", {ONE: {}}, notified_on=None, identity_check=None))
    assert [row.record.in_register for row in pair.persons[ONE][1]] == [False, True]


async def test_a_preview_refuses_as_recording_would(office: Office) -> None:
    await office.load(someone(1))
    with pytest.raises(ItemMayNotChange, match="CO 職権修正"):
        await _preview(office, _event("MV", {ONE: THERE | {"name": "見元"}}))


async def test_two_clerks_on_one_household_hear_of_each_other(office: Office) -> None:
    await office.load(someone(1), someone(2, "子"), someone(3, household_number=number_of(3)))
    await enter_draft(office.connection, CITY, _event("MV", {ONE: THERE}), operator="職員０１", place="市民課", now=NOW)
    shown = await _preview(office, _event("MV", {TWO: THERE}))
    apart = await _preview(office, _event("MV", {number_of(3): THERE}))
    async with city_transaction(office.connection, CITY):
        (other,) = await drafts_about(office.connection, CITY, shown.based_on)
        assert (other.entered_by, other.state, other.kind) == ("職員０１", DraftState.ENTERED, "MV")
        assert await drafts_about(office.connection, CITY, apart.based_on) == ()


async def test_a_household_that_moved_since_it_was_shown_is_said_before_anything_is_decided(office: Office) -> None:
    await office.load(someone(1), someone(2, "子"))
    shown = await _preview(office, _event("MV", {ONE: THERE}))
    await office.file("MV", {TWO: THERE})
    entered = await enter_draft(
        office.connection, CITY, _event("MV", {ONE: THERE}), operator="職員０１", place="市民課", now=NOW
    )
    with pytest.raises(HouseholdMoved, match="もう一度"):
        await withdraw_unless(office.connection, CITY, entered, shown.based_on, by="職員０１", now=NOW)
    async with city_transaction(office.connection, CITY):
        assert await drafts_about(office.connection, CITY, shown.based_on) == ()
