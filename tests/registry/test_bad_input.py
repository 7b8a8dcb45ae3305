"""Each bad input that clerks were seen to make: refused at the desk and at the register, in Japanese, with the way out; and nothing is half done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from civil.recorded_date import RecordedDate
from registry.residents import (
    AlreadyResident,
    BeforePersonExisted,
    BornBefore,
    CancelledBefore,
    DraftOutdated,
    HouseholdEmpty,
    HouseholdWithoutHead,
    IdentityNotChecked,
    Inquirer,
    ItemMalformed,
    ItemMayNotChange,
    NoRight,
    RegisterRefusal,
    ResidentEvent,
    Sight,
    Sought,
    decide_draft,
    enter_draft,
    inquire,
    number_of,
    record_draft,
    review_draft,
)
from tests.registry.office import CITY, KEYS, NOW, SEEN, TODAY, Office, days_ago, someone
from tests.registry.state_digest import state_digests

ONE, TWO, EMPTY = number_of(1), number_of(2), number_of(9)
THERE = {"address": "栃木県足利市通二丁目１番地"}
CHILD: Mapping[str, Any] = {"name": "見本　光", "birth": days_ago(3)}
FAMILY = (someone(1), someone(2, "妻"))


@dataclass(frozen=True)
class Bad:
    """An event that is refused, after others that were not; `says` is part of the answer, the way out for the most part."""

    kind: str
    refusal: type[RegisterRefusal]
    says: str
    changes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)
    before: Sequence[tuple[str, Mapping[str, Any]]] = ()


BAD = {
    "a move in of a living resident": Bad(
        "IN1", AlreadyResident, "転居または修正として記録してください", details={"entries": (someone(1),)},
    ),
    "a move within that changes a name": Bad(
        "MV", ItemMayNotChange, "氏名", changes={ONE: THERE | {"name": "見本　改"}},
    ),
    "an event before the person existed": Bad(
        "MI", BeforePersonExisted, "異動日を確かめてください", changes={ONE: {"name": "見本　改"}},
        details={"occurred": RecordedDate(date(1980, 4, 1))},
    ),
    "a second birth": Bad(
        "BI", BornBefore, "二重の出生届でないか", details={"entries": (someone(4, "子", **CHILD),)},
        before=[("BI", {"entries": (someone(3, "子", **CHILD),)})],
    ),
    "a household without members": Bad(
        "HC", HouseholdEmpty, "世帯員がいません", changes={TWO: {"household_number": EMPTY, "relationship": "同居人"}},
    ),
    "a chain of five": Bad(
        "IN1", ItemMalformed, "「縁故者」", details={"entries": (someone(3, "子の子の子の子の子"),)},
    ),
    "a head who moved": Bad(
        "MV", HouseholdWithoutHead, "世帯主変更を先に", changes={ONE: THERE | {"household_number": EMPTY, "relationship": "世帯主"}},
    ),
    "an event cancelled twice": Bad(
        "UN+", CancelledBefore, "すでに取り消されています", details={"reverses": 0},
        before=[("DE", {"changes": {TWO: {}}}), ("UN+", {"reverses": 0})],
    ),
    "an identity check left out": Bad(
        "MV", IdentityNotChecked, "確認した書類と職員を入力", changes={ONE: THERE, TWO: THERE}, details={"identity_check": None},
    ),
}  # fmt: skip


def _event(kind: str, *, first: int = 0, **details: Any) -> ResidentEvent:
    """An event of today; `reverses` 0 is `first`."""
    given: dict[str, Any] = {"occurred": days_ago(3), "notified_on": TODAY, "identity_check": SEEN} | details
    if given.get("reverses") == 0:
        given["reverses"] = first
    return ResidentEvent(kind=kind, **given)


def _says_in_japanese(refusal: BaseException, words: str) -> bool:
    japanese, _, english = str(refusal).partition(" / ")
    return words in japanese and english != ""


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
async def test_r_31_bad_input_is_refused_with_the_way_out_and_nothing_is_half_done(office: Office, bad: Bad) -> None:
    await office.load(*FAMILY)
    first = 0
    for kind, details in bad.before:
        recorded = await office.record(_event(kind, first=first, **details))
        first = first or recorded.event_id
    before = await state_digests(office.database)
    event = _event(bad.kind, first=first, changes=bad.changes, **bad.details)
    with pytest.raises(bad.refusal) as at_the_desk:
        await enter_draft(office.connection, CITY, event, operator="職員０１", place="市民課", now=NOW)
    with pytest.raises(bad.refusal) as at_the_register:
        await office.record(event)
    assert _says_in_japanese(at_the_desk.value, bad.says), str(at_the_desk.value)
    assert str(at_the_desk.value) == str(at_the_register.value)
    assert await state_digests(office.database) == before


async def test_r_31_of_two_clerks_on_one_household_the_second_is_told_and_nothing_is_half_done(office: Office) -> None:
    await office.load(*FAMILY)
    drafts = [
        (await enter_draft(office.connection, CITY, event, operator="職員０１", place="市民課", now=NOW)).draft_id
        for event in (
            _event("MV", changes={ONE: THERE, TWO: THERE}),
            _event("MI", changes={TWO: {"name": "見本　改"}}),
        )
    ]
    for draft in drafts:
        await review_draft(office.connection, CITY, draft, by="職員０２", now=NOW)
        await decide_draft(office.connection, CITY, draft, by="職員０３", now=NOW)
    await record_draft(office.connection, CITY, drafts[0], by="職員０１", now=NOW)
    before = await state_digests(office.database)
    with pytest.raises(DraftOutdated) as told:
        await record_draft(office.connection, CITY, drafts[1], by="職員０１", now=NOW)
    assert _says_in_japanese(told.value, "今の内容から入力し直してください")
    assert await state_digests(office.database) == before


async def test_r_50_an_inquiry_without_the_right_is_refused_in_japanese_and_shows_nobody(office: Office) -> None:
    await office.load(*FAMILY)
    clerk = Inquirer("職員０１", "窓口照会", frozenset(Sight) - {Sight.MY_NUMBER})
    with pytest.raises(NoRight) as told:
        await inquire(office.connection, CITY, Sought(my_number="123456789018"), clerk, NOW, KEYS)
    assert _says_in_japanese(told.value, "責任者に依頼してください")
    assert await office.rows("SELECT what, refused FROM registry.inquiry") == [{"what": "search", "refused": True}]
    assert await office.rows("SELECT FROM registry.inquiry_seen") == []
