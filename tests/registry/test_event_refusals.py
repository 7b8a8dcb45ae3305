"""What the register refuses, and that a refusal names the item, the way out and nobody's data."""

import re
from datetime import date
from typing import Any

import asyncpg
import pytest

from civil.check_digits import my_number, resident_code
from civil.recorded_date import RecordedDate
from keys.purpose import Purpose
from keys.secret_key import SecretKey
from registry.residents import (
    EVENT_KINDS,
    AlreadyResident,
    BeforePersonExisted,
    CancelledBefore,
    CityNotEmpty,
    DateNotYet,
    HouseholdWithoutHead,
    HouseholdWithTwoHeads,
    IdentityNotChecked,
    ItemMalformed,
    ItemMayNotChange,
    ItemMissing,
    LaterEventStands,
    NobodyConcerned,
    NotInRegister,
    NotReversible,
    NumberTaken,
    RecordInconsistent,
    RegisterRefusal,
    RegistryKeys,
    RemovedBefore,
    ResidentEvent,
    UnknownEvent,
    UnknownEventKind,
    UnknownPerson,
    WrongCheckDigit,
    WrongState,
    number_of,
    seal_my_number,
)
from registry.residents.checks import _RECORD_MUST
from registry.residents.event_kinds import Before
from registry.residents.ways_out import BY_RULE, BY_STANDING, instead_of_cancelling
from tests.registry.office import CITY, HOME, KEYS, NOW, Office, days_ago, someone

ONE, TWO = number_of(1), number_of(2)
AWAY = {"move_out_address": "東京都足立区見本町１番地"}
THERE = {"address": "栃木県足利市通二丁目１番地"}


async def test_r_31_a_living_resident_cannot_move_in(office: Office) -> None:
    await office.load(someone(1))
    with pytest.raises(AlreadyResident, match="R-31"):
        await office.file("IN1", entries=(someone(1),))


async def test_r_31_a_living_resident_cannot_move_in_under_a_new_number(office: Office) -> None:
    await office.load(someone(1))
    again = someone(2, "同居人", resident_code=someone(1).resident_code)
    with pytest.raises(AlreadyResident):
        await office.file("IN1", entries=(again,))


async def test_r_31_a_resident_is_known_by_a_my_number_that_was_entered_under_an_earlier_key(office: Office) -> None:
    plain = my_number("12345678901")
    await office.file("IN1", entries=(someone(1, my_number=seal_my_number(KEYS, CITY, ONE, plain)),))
    newer = RegistryKeys(
        SecretKey(Purpose.MY_NUMBER, 2, b"3" * 32),
        SecretKey(Purpose.MY_NUMBER_INDEX, 2, b"4" * 32),
        (KEYS.my_number_index,),
    )
    sealed = seal_my_number(newer, CITY, TWO, plain)
    assert sealed.index != seal_my_number(KEYS, CITY, TWO, plain).index
    with pytest.raises(AlreadyResident):
        await office.file("IN1", entries=(someone(2, "同居人", my_number=sealed),))
    other = seal_my_number(newer, CITY, TWO, my_number("10987654321"))
    await office.file("IN1", entries=(someone(2, "同居人", my_number=other),))
    kept = (await office.person(TWO)).record.my_number
    assert kept == other


@pytest.mark.parametrize("kind", ["MN1", "MN2", "MN3"])
async def test_r_31_a_my_number_that_is_held_under_an_earlier_key_is_given_to_nobody_else(
    office: Office, kind: str
) -> None:
    plain = my_number("12345678901")
    held = seal_my_number(KEYS, CITY, ONE, plain)
    newer = RegistryKeys(
        SecretKey(Purpose.MY_NUMBER, 2, b"3" * 32), SecretKey(Purpose.MY_NUMBER_INDEX, 2, b"4" * 32),
        (KEYS.my_number_index,),
    )  # fmt: skip
    await office.load(someone(1), someone(2, "子"))
    await office.file("MN3", {ONE: {"my_number": held}})
    with pytest.raises(NumberTaken):
        await office.file(kind, {TWO: {"my_number": seal_my_number(newer, CITY, TWO, plain)}})
    assert (await office.person(TWO)).record.my_number is None
    own = seal_my_number(newer, CITY, ONE, plain)
    await office.file("MN1", {ONE: {"my_number": own}})
    assert (await office.person(ONE)).record.my_number == own


async def test_entries_and_changes_are_not_mixed(office: Office) -> None:
    await office.load(someone(1))
    newcomer = someone(2, "子")
    with pytest.raises(NobodyConcerned):
        await office.file("IN1", {ONE: {"name": "見元　一"}}, entries=(newcomer,))
    with pytest.raises(NobodyConcerned):
        await office.file("MI", {ONE: {"name": "見元　一"}}, entries=(newcomer,))
    assert (await office.person(ONE)).history_number == 1


async def test_an_initial_load_is_no_single_event(office: Office) -> None:
    with pytest.raises(UnknownEventKind):
        await office.file("IL", entries=(someone(1),))
    assert await office.rows("SELECT FROM registry.event") == []


@pytest.mark.parametrize(("item", "value"), [
    ("name", "見元　一"), ("birth", RecordedDate(date(1981, 1, 1))), ("sex", 1), ("domicile", "なし"),
    ("resident_code", "24727059608"), ("suppressed", False), ("relationship", "同居人"), ("person_number", TWO),
])  # fmt: skip
async def test_r_31_a_move_within_changes_nothing_but_the_address(office: Office, item: str, value: object) -> None:
    await office.load(someone(1))
    with pytest.raises(ItemMayNotChange) as refused:
        await office.file("MV", {ONE: THERE | {item: value}})
    assert (refused.value.item, "R-31" in str(refused.value)) == (item, True)
    assert (await office.person(ONE)).history_number == 1


async def test_r_31_a_move_within_moves(office: Office) -> None:
    await office.load(someone(1))
    with pytest.raises(ItemMissing):
        await office.file("MV", {ONE: {}})


@pytest.mark.parametrize("kind", ["IN1", "IN3", "MV", "HH", "OU1", "PM+", "PM-", "UN+"])
async def test_r_10_what_is_notified_at_the_counter_needs_an_identity_check(office: Office, kind: str) -> None:
    entries = (someone(1),) if kind.startswith("IN") else ()
    changes: dict[str, Any] = {} if entries or kind == "UN+" else {ONE: {}}
    with pytest.raises(IdentityNotChecked, match="R-10"):
        await office.file(kind, changes, entries=entries, identity_check=None, reverses=1 if kind == "UN+" else None)


async def test_one_who_was_removed_comes_back_under_the_old_number(office: Office) -> None:
    await office.load(someone(1))
    await office.file("DE", {ONE: {}})
    with pytest.raises(RemovedBefore) as refused:
        await office.file("IN1", entries=(someone(2, resident_code=someone(1).resident_code),))
    assert refused.value.person_number == ONE
    assert ONE not in str(refused.value)


async def test_a_my_number_that_is_somebody_elses_is_refused(office: Office) -> None:
    number = "123456789018"
    await office.file("IN1", entries=(someone(1, my_number=seal_my_number(KEYS, CITY, ONE, number)),))
    with pytest.raises(AlreadyResident):
        await office.file("IN1", entries=(someone(2, "子", my_number=seal_my_number(KEYS, CITY, TWO, number)),))


async def test_two_newcomers_with_one_resident_code_are_refused(office: Office) -> None:
    twins = (someone(1), someone(2, "子", resident_code=someone(1).resident_code))
    with pytest.raises(NumberTaken):
        await office.file("IN1", entries=twins)


@pytest.mark.parametrize("occurred", [date(1980, 4, 1), date(2010, 3, 31)])
async def test_an_event_is_not_dated_before_the_person_existed_here(office: Office, occurred: date) -> None:
    await office.load(someone(1))
    with pytest.raises(BeforePersonExisted):
        await office.file("MV", {ONE: THERE}, occurred=RecordedDate(occurred))


async def test_an_unknown_person_and_an_unknown_event_are_refused(office: Office) -> None:
    with pytest.raises(UnknownPerson):
        await office.file("MV", {ONE: THERE})
    with pytest.raises(UnknownEvent):
        await office.file("UN+", reverses=7)
    with pytest.raises(UnknownEventKind):
        await office.file("XX", {ONE: {}})
    with pytest.raises(NobodyConcerned):
        await office.file("MV", {})


async def test_a_removed_person_has_no_more_events(office: Office) -> None:
    await office.load(someone(1))
    await office.file("DE", {ONE: {}})
    for kind, changes in (("MV", THERE), ("DE", {}), ("PM+", {}), ("OU1", AWAY)):
        with pytest.raises(NotInRegister):
            await office.file(kind, {ONE: changes})


async def test_states_that_do_not_allow_an_event_are_refused(office: Office) -> None:
    await office.load(someone(1))
    with pytest.raises(WrongState):
        await office.file("OU9", {ONE: {}})
    with pytest.raises(WrongState):
        await office.file("PM-", {ONE: {}})
    await office.file("OU1", {ONE: AWAY}, occurred=days_ago(0))
    with pytest.raises(WrongState):
        await office.file("OU1", {ONE: AWAY}, occurred=days_ago(0))


async def test_a_household_keeps_its_head(office: Office) -> None:
    await office.load(someone(1), someone(2, "子"))
    with pytest.raises(HouseholdWithoutHead):
        await office.file("MV", {ONE: THERE | {"household_number": number_of(2)}})
    with pytest.raises(HouseholdWithTwoHeads):
        await office.file("HH", {TWO: {"relationship": "世帯主"}})
    with pytest.raises(HouseholdWithoutHead):
        await office.file("IN1", entries=(someone(3, "子", household_number=number_of(3)),))


@pytest.mark.parametrize("kind", ["MV", "DE", "HH", "PM+"])
async def test_what_has_not_happened_is_not_recorded(office: Office, kind: str) -> None:
    await office.load(someone(1))
    with pytest.raises(DateNotYet):
        await office.file(kind, {ONE: {}}, occurred=days_ago(-1))
    with pytest.raises(DateNotYet):
        await office.file(kind, {ONE: {}}, notified_on=days_ago(-1).on)


async def test_today_is_the_day_in_japan(office: Office) -> None:
    await office.load(someone(1))
    died = ResidentEvent(kind="DE", occurred=days_ago(-1), notified_on=days_ago(-1).on, changes={ONE: {}})
    with pytest.raises(DateNotYet):
        await office.record(died, now=NOW.replace(hour=14, minute=59))
    await office.record(died, now=NOW.replace(hour=15))


@pytest.mark.parametrize("item", ["person_number", "household_number", "resident_code"])
async def test_a_wrong_check_digit_is_refused_by_item(office: Office, item: str) -> None:
    wrong = {"person_number": "0000000018", "household_number": "0000000018", "resident_code": "25208017644"}[item]
    with pytest.raises(WrongCheckDigit) as refused:
        await office.file("IN1", entries=(someone(1, **{item: wrong}),))
    assert refused.value.item == item
    assert wrong not in str(refused.value)


async def test_a_new_household_has_a_number_with_its_check_digit(office: Office) -> None:
    await office.load(someone(1), someone(2, "子"))
    with pytest.raises(WrongCheckDigit):
        await office.file("MV", {TWO: THERE | {"household_number": "12", "relationship": "世帯主"}})
    await office.file("MV", {TWO: THERE | {"household_number": number_of(2), "relationship": "世帯主"}})


async def test_an_event_is_recorded_in_read_committed_only(office: Office) -> None:
    await office.load(someone(1))
    async with office.connection.transaction(isolation="repeatable_read"):
        with pytest.raises(asyncpg.InterfaceError):
            await office.file("DE", {ONE: {}})


def test_a_wrong_my_number_is_never_sealed() -> None:
    with pytest.raises(WrongCheckDigit):
        seal_my_number(KEYS, CITY, ONE, "507957100722")


@pytest.mark.parametrize(("item", "value"), [
    ("name", "見本\n太郎"), ("name", "見" * 101), ("name", "見\ue000"), ("building", "\u202e見本荘"),
    ("furigana", "みほん　たろう"), ("furigana", "ﾐﾎﾝ"), ("postal_code", "326-0053"), ("relationship", "孫"),
    ("relationship", "子の子の子の子の子"), ("former_surname_furigana", "見元"), ("alias", "a\u0301"),
])  # fmt: skip
async def test_text_that_cannot_be_printed_is_refused_by_item(office: Office, item: str, value: str) -> None:
    with pytest.raises(ItemMalformed) as refused:
        await office.file("IN1", entries=(someone(1, **{item: value}),))
    assert refused.value.item == item
    assert value not in str(refused.value)


@pytest.mark.parametrize(
    ("missing", "items"),
    [
        ("domicile", {"domicile": None}),
        ("relationship", {"relationship": None}),
        ("article_30_45_category", {"nationality": "ブラジル"}),
        ("residence_status", {"nationality": "ブラジル", "article_30_45_category": "中長期在留者"}),
    ],
)
async def test_what_the_law_wants_is_there(office: Office, missing: str, items: dict[str, Any]) -> None:
    with pytest.raises(ItemMissing) as refused:
        await office.file("IN1", entries=(someone(1, **items),))
    assert refused.value.item == missing


async def test_only_the_newest_change_of_an_item_can_be_cancelled(office: Office) -> None:
    await office.load(someone(1))
    planned = await office.file("OU1", {ONE: AWAY}, occurred=days_ago(1))
    gone = await office.file("OU9", {ONE: {}}, occurred=days_ago(1))
    with pytest.raises(LaterEventStands):
        await office.file("UN+", reverses=planned.event_id)
    await office.file("UN+", reverses=gone.event_id)
    with pytest.raises(CancelledBefore):
        await office.file("UN+", reverses=gone.event_id)
    await office.file("UN+", reverses=planned.event_id)


async def test_a_move_within_has_no_cancellation(office: Office) -> None:
    await office.load(someone(1))
    moved = await office.file("MV", {ONE: THERE})
    for kind in ("UN+", "UN-", "UN~"):
        with pytest.raises(NotReversible):
            await office.file(kind, reverses=moved.event_id)


def _kinds_in(message: str) -> tuple[list[str], list[str]]:
    """The codes of kinds that each half of a message names, behind the name of the kind refused."""
    japanese, english = message.split(" / ")
    found = [re.findall(r"(?<![A-Z`])[A-Z]{2}[0-9+~-]?(?![A-Z0-9])", half) for half in (japanese, english)]
    assert all(code in EVENT_KINDS for half in found for code in half), message
    return found[0], found[1]


@pytest.mark.parametrize(("first", "refused", "changes", "ways"), [
    ([], "PM-", {}, ["PM+"]), ([("PM+", {})], "PM0", {}, ["PM~", "PM+"]), ([("PM0", {})], "PM~", {}, ["PM+"]), ([], "PM~", {}, ["PM+"]), ([], "OU9", {}, ["OU1", "OU2", "OU3", "OD"]), ([("OU1", AWAY)], "OU2", AWAY, ["UN+"]),
    ([("PN1", {"former_surname": "旧"})], "PN1", {"former_surname": "元"}, ["PN2"]), ([], "PN3", {}, ["PN1"]),
    ([("DE", {})], "TN", {}, ["UN+"]),
])  # fmt: skip
async def test_a_state_that_does_not_allow_an_event_names_the_way_out(
    office: Office, first: list[tuple[str, Any]], refused: str, changes: dict[str, Any], ways: list[str]
) -> None:
    await office.load(someone(1))
    for kind, items in first:
        await office.file(kind, {ONE: items}, occurred=days_ago(0))
    with pytest.raises(WrongState) as told:
        await office.file(refused, {ONE: changes}, occurred=days_ago(0))
    assert _kinds_in(str(told.value)) == (ways, ways)


async def test_a_birth_of_somebody_who_was_removed_names_the_way_out(office: Office) -> None:
    await office.load(someone(1))
    await office.file("DE", {ONE: {}})
    with pytest.raises(WrongState, match="IN1"):
        await office.file("BI", entries=(someone(1, birth=days_ago(3)),))


@pytest.mark.parametrize(("item", "ways"), [
    ("household_number", ["MV", "HS", "HM", "HC"]), ("my_number", ["MN1", "MN2", "MN3"]), ("resident_code", ["RC1", "RC2"]),
    ("suppressed", ["PM0", "PM+", "PM-"]), ("suppressed_until", ["PM+", "PM~"]), ("state", ["OD", "UN+"]), ("removed", ["OD", "UN+"]),
    ("planned_move_out_on", ["OU1", "UN+"]), ("person_number", []), ("nothing_of_the_kind", []),
])  # fmt: skip
async def test_what_no_correction_touches_has_kinds_of_its_own_and_they_are_named(
    office: Office, item: str, ways: list[str]
) -> None:
    await office.load(someone(1))
    with pytest.raises(ItemMayNotChange) as told:
        await office.file("CO", {ONE: {item: "1"}})
    assert _kinds_in(str(told.value)) == (ways, ways)
    assert "CO" not in str(told.value)


def test_every_kind_that_is_not_cancelled_names_what_undoes_it() -> None:
    for kind in EVENT_KINDS.values():
        japanese, english = instead_of_cancelling(kind)
        named = _kinds_in(f"{japanese} / {english}")
        assert named[0] == named[1], kind.code
        assert named[0] or kind.code.startswith("UN"), kind.code
        assert {"MN1": ["MN2"], "PM+": ["PM-"], "RC1": ["RC2"]}.get(kind.code, named[0]) == named[0]


def test_every_rule_and_state_that_may_refuse_has_its_way_out() -> None:
    assert BY_RULE.keys() == _RECORD_MUST.keys()
    assert BY_STANDING.keys() == set(Before) - {Before.ABSENT}
    for japanese, english in [*BY_RULE.values(), *BY_STANDING.values()]:
        assert english.isascii()
        named = _kinds_in(f"{japanese} / {english}")
        assert named[0] == named[1] != []


async def test_a_loaded_city_is_not_loaded_again(office: Office) -> None:
    await office.load(someone(1))
    with pytest.raises(CityNotEmpty):
        await office.load(someone(2))


async def test_a_load_takes_old_numbers_but_neither_two_heads_nor_two_equal_codes(office: Office) -> None:
    with pytest.raises(HouseholdWithTwoHeads):
        await office.load(someone(1), someone(2))
    with pytest.raises(NumberTaken):
        await office.load(someone(1), someone(2, "子", resident_code=resident_code("0000000001")))
    await office.load(someone(1, person_number="0000001", household_number="0000100"))
    assert await office.members("0000100") == ["0000001"]


async def test_no_refusal_of_the_database_quotes_the_row(office: Office) -> None:
    odd = someone(1, birth=RecordedDate(date(1980, 4, 2)), suppressed=True)
    with pytest.raises(RecordInconsistent) as refused:
        await office.file("OI", entries=(odd,))
    wrong_type = someone(1, name="見本　一", planned_move_out_on="明日")
    with pytest.raises(RecordInconsistent) as refused_too:
        await office.file("OI", entries=(wrong_type,))
    for refusal in (refused.value, refused_too.value):
        assert "見本" not in str(refusal)
        assert refusal.__suppress_context__


def test_every_refusal_is_bilingual_and_one_of_ours() -> None:
    for refusal in RegisterRefusal.__subclasses__():
        assert " / " in (refusal.__doc__ or "").replace("\n", " "), refusal.__name__


def test_home_is_a_household_number() -> None:
    assert HOME == "0000000019"
