"""仮登録, 審査, 決裁, 本登録: what is not decided is nowhere, and two who work on one household get a clear answer."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civil.names import plain_name
from civil.recorded_date import RecordedDate
from issuance_db.grants import SCHEMAS
from issuance_db.roles import ROLES
from registry.residents import (
    Alert,
    AlreadyResident,
    DraftNotReady,
    DraftOutdated,
    DraftState,
    IdentityNotChecked,
    ItemMayNotChange,
    ItemMissing,
    RegisterRefusal,
    ResidentEvent,
    SecondPersonMissing,
    UnknownDraft,
    city_transaction,
    decide_draft,
    draft,
    end_draft,
    enter_draft,
    number_of,
    open_drafts,
    record_draft,
    review_draft,
    seal_my_number,
)
from registry.residents.event_json import event_from_json, event_to_json, record_from_plain, record_to_plain
from registry.residents.f1_items import FURTHER
from tests.registry.office import CITY, KEYS, NOW, SEEN, TODAY, Office, days_ago, someone

ONE, TWO = number_of(1), number_of(2)
THERE = {"address": "栃木県足利市通二丁目１番地"}
A, B, C = "職員０１", "職員０２", "職員０３"


def _event(kind: str, changes: Mapping[str, Mapping[str, Any]] | None = None, **details: Any) -> ResidentEvent:
    given: dict[str, Any] = {
        "occurred": days_ago(3),
        "notified_on": TODAY,
        "identity_check": SEEN,
        "changes": changes or {},
    }
    return ResidentEvent(kind=kind, **(given | details))


async def _enter(office: Office, event: ResidentEvent) -> int:
    return (await enter_draft(office.connection, CITY, event, operator=A, place="市民課", now=NOW)).draft_id


async def _through(office: Office, number: int) -> None:
    await review_draft(office.connection, CITY, number, by=B, now=NOW)
    await decide_draft(office.connection, CITY, number, by=C, now=NOW)


async def _state(office: Office, number: int) -> DraftState:
    async with city_transaction(office.connection, CITY):
        return (await draft(office.connection, CITY, number)).state


async def _everything_else(office: Office) -> dict[str, Any]:
    """The rows of every table and view of every schema but the drafts themselves, as digests."""
    names = await office.rows(
        "SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'p', 'v') AND c.relname !~ '^draft' ORDER BY 1",
        list(SCHEMAS),
    )
    admin = await office.database.connect()
    found = {}
    for row in names:
        async with city_transaction(admin, CITY):
            found[row["name"]] = await admin.fetchval(
                f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {row['name']} AS t"
            )
    return found


async def test_a_draft_goes_through_review_and_decision_into_the_register(office: Office) -> None:
    await office.load(someone(1), someone(2, "子"))
    entered = await enter_draft(
        office.connection, CITY, _event("DE", {ONE: {}}), operator=A, place="市民課", now=NOW, terminal="窓口３"
    )
    assert entered.alerts == (Alert.HOUSEHOLD_WITHOUT_HEAD, Alert.ONE_MEMBER_LEFT)
    await _through(office, entered.draft_id)
    recorded = await record_draft(office.connection, CITY, entered.draft_id, by=A, now=NOW)
    assert dict(recorded.persons) == {ONE: 2}
    assert await _state(office, entered.draft_id) is DraftState.RECORDED
    (row,) = await office.rows("SELECT operator, decided_by, terminal FROM registry.event WHERE kind = 'DE'")
    assert row == {"operator": A, "decided_by": C, "terminal": "窓口３"}
    async with city_transaction(office.connection, CITY):
        assert await open_drafts(office.connection, CITY) == ()


async def test_a_draft_is_nowhere_until_it_is_recorded(office: Office) -> None:
    await office.load(someone(1), someone(2, "子"))
    before = await _everything_else(office)
    number = await _enter(office, _event("DE", {ONE: {}}))
    await _through(office, number)
    assert await _everything_else(office) == before
    assert len(before) > 60
    await record_draft(office.connection, CITY, number, by=A, now=NOW)
    after = await _everything_else(office)
    assert {name for name in after if after[name] != before[name]} >= {
        "registry.outbox",
        "registry.freshness",
        "registry.event",
    }


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"registry", "migrator"}))
async def test_no_other_role_can_see_a_draft(office: Office, role: str) -> None:
    """`migrator` is a member of every owner: it changes schemas and runs no program."""
    await office.load(someone(1))
    await _enter(office, _event("DE", {ONE: {}}))
    (may,) = await office.rows(
        "SELECT bool_or(has_table_privilege($1, 'registry.' || t, 'SELECT, INSERT, UPDATE, DELETE') "
        "OR has_any_column_privilege($1, 'registry.' || t, 'SELECT')) AS anything FROM unnest(ARRAY['draft', 'draft_step', 'draft_waiting']) AS t",
        role,
    )
    assert may == {"anything": False}


async def _showing_drafts(connection: asyncpg.Connection) -> set[str]:
    """Views and functions that read a draft. A function written as BEGIN ATOMIC has its text in the catalogue as a tree only."""
    rows = await connection.fetch(
        "SELECT r.ev_class::regclass::text AS name FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid "
        "WHERE d.refobjid IN ('registry.draft'::regclass, 'registry.draft_step'::regclass, 'registry.draft_waiting'::regclass) "
        "UNION SELECT p.oid::regproc::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
        "WHERE n.nspname = ANY ($1) AND coalesce(pg_get_function_sqlbody(p.oid), '') || p.prosrc ~ 'draft'",
        list(SCHEMAS),
    )
    return {row["name"] for row in rows}


async def test_no_view_and_no_function_of_the_owner_shows_drafts(office: Office) -> None:
    assert await _showing_drafts(await office.database.connect()) == set()


@pytest.mark.parametrize("planted", [
    "VIEW registry.shows AS SELECT kind FROM registry.draft",
    "FUNCTION registry.shows() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM registry.draft_step'",
    "FUNCTION registry.shows() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM registry.draft; END",
])  # fmt: skip
async def test_a_view_or_a_function_that_shows_drafts_would_be_found(office: Office, planted: str) -> None:
    admin = await office.database.connect()
    await admin.execute(f"CREATE {planted}")
    assert await _showing_drafts(admin) == {"registry.shows"}


@pytest.mark.parametrize(
    "spelling", ["職員０１", "職員 01", "\u3000職員\t０１\n", "Ａｓｈｉｋａｇａ Hanako", "ｶﾞ", " \u3000"]
)
async def test_names_of_staff_are_alike_for_the_database_and_for_us(office: Office, spelling: str) -> None:
    admin = await office.database.connect()
    assert await admin.fetchval("SELECT shared.same_name($1)", spelling) == plain_name(spelling)


async def test_drafts_are_never_changed(office: Office) -> None:
    await office.load(someone(1))
    await _enter(office, _event("DE", {ONE: {}}))
    admin = await office.database.connect()
    for table in ("draft", "draft_step"):
        with pytest.raises(asyncpg.PostgresError, match="never changed"):
            await admin.execute(f"DELETE FROM registry.{table}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await office.connection.execute(f"DELETE FROM registry.{table}")


async def test_what_would_be_refused_is_refused_when_it_is_entered_and_nothing_is_kept(office: Office) -> None:
    await office.load(someone(1))
    for refusal, event in (
        (AlreadyResident, _event("IN1", entries=(someone(1),))),
        (ItemMayNotChange, _event("MV", {ONE: THERE | {"name": "見元"}})),
        (IdentityNotChecked, _event("MV", {ONE: THERE}, identity_check=None)),
    ):
        with pytest.raises(refusal):
            await _enter(office, event)
    assert await office.rows("SELECT FROM registry.draft") == []


async def test_one_step_after_the_other(office: Office) -> None:
    await office.load(someone(1))
    number = await _enter(office, _event("DE", {ONE: {}}))
    for early in (decide_draft, record_draft):
        with pytest.raises(DraftNotReady):
            await early(office.connection, CITY, number, by=B, now=NOW)
    await review_draft(office.connection, CITY, number, by=A, now=NOW)
    with pytest.raises(DraftNotReady):
        await review_draft(office.connection, CITY, number, by=A, now=NOW)
    await decide_draft(office.connection, CITY, number, by=A, now=NOW)
    await record_draft(office.connection, CITY, number, by=A, now=NOW)
    with pytest.raises(DraftNotReady):
        await record_draft(office.connection, CITY, number, by=A, now=NOW)
    with pytest.raises(DraftNotReady):
        await end_draft(office.connection, CITY, number, returned=True, reason="遅い", by=A, now=NOW)
    with pytest.raises(UnknownDraft):
        await review_draft(office.connection, CITY, 99, by=A, now=NOW)


async def test_who_entered_neither_reviews_nor_decides_where_the_table_asks_for_two(office: Office) -> None:
    await office.load(someone(1))
    number = await _enter(office, _event("CO", {ONE: {"building": "見本荘"}}))
    for by in (A, "職員01", "職員　０１", " "):
        with pytest.raises(SecondPersonMissing):
            await review_draft(office.connection, CITY, number, by=by, now=NOW)
    await review_draft(office.connection, CITY, number, by=B, now=NOW)
    with pytest.raises(SecondPersonMissing):
        await decide_draft(office.connection, CITY, number, by="職員 01", now=NOW)
    await decide_draft(office.connection, CITY, number, by=B, now=NOW)
    await record_draft(office.connection, CITY, number, by=A, now=NOW)
    assert (await office.person(ONE)).record.building == "見本荘"


async def test_two_clerks_on_one_household_the_second_draft_is_outdated(office: Office) -> None:
    await office.load(someone(1), someone(2, "子"))
    first = await _enter(office, _event("MV", {ONE: THERE, TWO: THERE}))
    second = await _enter(office, _event("MI", {TWO: {"name": "見本　改"}}))
    for number in (first, second):
        await _through(office, number)
    await record_draft(office.connection, CITY, first, by=A, now=NOW)
    before = await _everything_else(office)
    with pytest.raises(DraftOutdated):
        await record_draft(office.connection, CITY, second, by=A, now=NOW)
    assert await _everything_else(office) == before
    assert await _state(office, second) is DraftState.DECIDED
    await end_draft(office.connection, CITY, second, returned=False, reason="世帯が転居した", by=A, now=NOW)
    assert await _state(office, second) is DraftState.WITHDRAWN


async def test_a_draft_is_returned_or_withdrawn_with_a_reason(office: Office) -> None:
    await office.load(someone(1))
    number = await _enter(office, _event("DE", {ONE: {}}))
    with pytest.raises(ItemMissing):
        await end_draft(office.connection, CITY, number, returned=True, reason=" ", by=B, now=NOW)
    async with city_transaction(office.connection, CITY):
        (waiting,) = await open_drafts(office.connection, CITY)
    assert (waiting.draft_id, waiting.kind, waiting.state, waiting.entered_by) == (number, "DE", DraftState.ENTERED, A)
    await end_draft(office.connection, CITY, number, returned=True, reason="届書の添付がない", by=B, now=NOW)
    assert await _state(office, number) is DraftState.RETURNED
    with pytest.raises(DraftNotReady):
        await review_draft(office.connection, CITY, number, by=B, now=NOW)


async def test_a_draft_of_an_entry_reads_back_as_it_was_entered(office: Office) -> None:
    person = someone(
        1, my_number=seal_my_number(KEYS, CITY, ONE, "123456789018"), birth=RecordedDate.uncertain("昭和10年月日不詳"),
        further={"lot_ban": 3, "alias_registered_on": (date(2020, 1, 1), None), "event_confirmed": True},
    )  # fmt: skip
    event = _event("IN1", entries=(person,), note="代理人")
    number = await _enter(office, event)
    async with city_transaction(office.connection, CITY):
        assert (await draft(office.connection, CITY, number)).event == event
    assert "123456789018" not in str(await office.rows("SELECT * FROM registry.draft"))


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "building": st.text(max_size=5), "address_notified_on": st.dates(), "suppressed": st.booleans(),
            "removed": st.dates().map(RecordedDate),
            "further": st.fixed_dictionaries({}, optional={
                "lot_go": st.integers(0, 9), "birth_notified_on": st.dates(), "text_1": st.text(max_size=3),
                "alias_deleted_on": st.lists(st.none() | st.dates(), max_size=3).map(tuple),
            }),
        },
    )
)  # fmt: skip
def test_records_and_events_survive_their_json(items: dict[str, Any]) -> None:
    person = someone(1, **items)
    assert record_from_plain(record_to_plain(person)) == person
    event = _event("IN1", {ONE: {"building": None, "removed": person.removed, **person.further}}, entries=(person,))
    assert event_from_json(event_to_json(event)) == event
    assert set(person.further) <= set(FURTHER)


def test_every_refusal_of_drafts_is_bilingual() -> None:
    for refusal in (UnknownDraft, DraftNotReady, DraftOutdated, SecondPersonMissing):
        assert issubclass(refusal, RegisterRefusal)
        japanese, english = (refusal.__doc__ or "").split(" /\n" if " /\n" in (refusal.__doc__ or "") else " / ")
        assert japanese
        assert english.strip().isascii()
