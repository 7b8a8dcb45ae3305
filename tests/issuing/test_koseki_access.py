"""本籍地利用登録: who lives elsewhere applies by card, staff accept, and the card gets that koseki and nothing else."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from civil.calendar import jst_date
from issuance_db import koseki_access
from issuance_db import koseki_access_review as review
from issuance_db.database import Database as CityDatabase
from issuance_db.fsck import check
from issuance_db.koseki_access_review import (
    Agreement,
    ApplicationDecidedAlready,
    EndCause,
    KosekiMovedMeanwhile,
    Obstacle,
    RefusedFor,
    SomethingStandsAgainst,
    agreeing,
    obstacles,
)
from kiosk_server.issuing.request import Kind, SessionCredential
from kiosk_server.processes.sweeper import look_at_registrations
from kiosk_server.web.client import CentreProblem
from tests.issuing.city import City
from tests.issuing.elsewhere import CLERK, FAMILY, KOSEKI_KINDS, OUTSIDER, Elsewhere, elsewhere
from tests.issuing.fed import AGE_LIMIT, DOMICILE
from tests.issuing.meanwhile import once_made, waits_for_lock
from tests.issuing.read_pdf import text_of
from tests.issuing.supplements import feed_supplement
from tests.sync.registry_rows import CITY

LIVED = [(one, [DOMICILE]) for one in FAMILY]
NOT_AVAILABLE = "not_available"
NOT_IDENTIFIED = "not_identified"


@pytest.fixture
async def there(ashikaga: City, tmp_path: Path) -> AsyncIterator[Elsewhere]:
    async with elsewhere(ashikaga, tmp_path) as made:
        yield made


async def withdraw(there: Elsewhere, number: int = 1) -> None:
    staff = await there.cards.city.database.connect("staff", CITY)
    await review.withdraw(staff, CITY, number, EndCause.ASKED, there.cards.city.clock.now, CLERK)


# Applying ---------------------------------------------------------------------------------------------------------------------


async def test_an_application_is_decided_within_five_business_days(there: Elsewhere) -> None:
    """23 November 2026 is 勤労感謝の日, a Monday: the fifth business day after it is the next Monday."""
    registration = await there.apply(there.cards.card(8001))
    assert (registration.state, registration.due_on) == ("submitted", date(2026, 11, 30))


async def test_days_that_the_city_closes_are_not_counted(there: Elsewhere) -> None:
    staff = await there.cards.city.database.connect("staff", CITY)
    await staff.execute("INSERT INTO issuance.office_closed_day VALUES ($1, '2026-11-25')", CITY)
    assert (await there.apply(there.cards.card(8001))).due_on == date(2026, 12, 1)


async def test_the_same_request_again_is_the_same_application(there: Elsewhere) -> None:
    request = await there.request(there.cards.card(8001))
    first = await there.cards.front.apply(request)
    assert await there.cards.front.apply(request) == first
    assert await there.answer(replace(request, name="足利　別人")) == "request_conflict"


async def test_a_card_has_one_application_however_often_it_is_used(there: Elsewhere) -> None:
    card = there.cards.card(8001)
    requests = [await there.request(card, domicile=f"別の町{one}") for one in range(6)]
    answers = await asyncio.gather(*(there.cards.front.apply(one) for one in requests))
    assert {one.registration_number for one in answers} == {answers[0].registration_number}
    assert await there.cards.city.rows("SELECT count(*) FROM issuance.koseki_access") == [{"count": 1}]


async def test_who_applies_again_hears_the_day_of_the_application_that_stands(there: Elsewhere) -> None:
    card, clock = there.cards.card(8001), there.cards.city.clock
    first = await there.apply(card)
    applied_on = jst_date(clock.now)
    clock.now += timedelta(days=1)
    for words in ({}, {"domicile": "別の町"}):
        assert await there.apply(card, **words) == replace(first, earlier_application_on=applied_on)
    assert first.earlier_application_on is None


async def test_no_answer_depends_on_whether_there_is_such_a_koseki(there: Elsewhere) -> None:
    known = await there.apply(there.cards.card(8001))
    unknown = await there.apply(
        there.cards.card(8002), name="誰でもない", domicile="どこでもない", birth_on=date(1999, 9, 9)
    )
    assert (known.state, known.due_on) == (unknown.state, unknown.due_on)


async def test_a_challenge_is_good_for_one_application(there: Elsewhere) -> None:
    request = await there.request(there.cards.card(8001))
    await there.cards.front.apply(request)
    assert await there.answer(replace(request, request_id="another")) == NOT_IDENTIFIED
    menu = there.cards.menu_request(request.credential)
    assert await there.cards.answer_to(menu) == NOT_IDENTIFIED


async def test_a_signature_of_another_terminal_or_card_applies_for_nobody(there: Elsewhere) -> None:
    one, other = await there.request(there.cards.card(8001)), await there.request(there.cards.card(8002))
    crossed = replace(one, credential=replace(one.credential, signature=other.credential.signature))
    assert await there.answer(crossed) == NOT_IDENTIFIED
    assert await there.cards.city.rows("SELECT FROM issuance.koseki_access") == []


async def test_a_resident_needs_none(there: Elsewhere) -> None:
    card = await there.cards.give("101", 7001)
    assert await there.answer(await there.request(card)) == NOT_AVAILABLE


async def test_staff_see_why_an_application_was_not_taken(there: Elsewhere) -> None:
    resident, outsider = there.cards.card(7001), there.cards.card(8001)
    await there.cards.give("101", 7001)
    await there.answer(await there.request(resident))
    one, other = await there.request(outsider), await there.request(there.cards.card(8002))
    await there.answer(replace(one, credential=replace(one.credential, signature=other.credential.signature)))
    await there.apply(outsider)
    rows = await there.cards.city.rows(
        "SELECT request_id, reason FROM history.refusal_reason WHERE call = 'koseki_access_registrations' ORDER BY 1"
    )
    assert [row["reason"] for row in rows] == ["resident_needs_no_registration", "signature_wrong"]


async def test_three_applications_a_month_and_no_more(there: Elsewhere) -> None:
    card = there.cards.card(8001)
    staff = await there.cards.city.database.connect("staff", CITY)
    for _ in range(koseki_access.MOST_TRIES):
        number = int((await there.apply(card)).registration_number)
        await review.refuse(staff, CITY, number, RefusedFor.NOT_FOUND, there.cards.city.clock.now, CLERK)
    assert await there.answer(await there.request(card)) == NOT_AVAILABLE


async def test_nobody_is_born_tomorrow(there: Elsewhere) -> None:
    tomorrow = there.cards.city.clock.now.date() + timedelta(days=1)
    assert await there.answer(await there.request(there.cards.card(8001), birth_on=tomorrow)) == "malformed"


async def test_who_stops_the_koseki_stops_applications(there: Elsewhere) -> None:
    await there.fed.stop(Kind.KOSEKI_FULL)
    assert await there.answer(await there.request(there.cards.card(8001))) == "closed"


# What it gives ------------------------------------------------------------------------------------------------------------------


async def test_before_it_is_accepted_the_card_gets_nothing_but_where_its_application_stands(there: Elsewhere) -> None:
    card, clock = there.cards.card(8001), there.cards.city.clock
    first = await there.apply(card)
    applied_on = jst_date(clock.now)
    clock.now += timedelta(days=1)
    with pytest.raises(CentreProblem) as waits:
        await there.cards.menu(await there.cards.signed(card))
    assert (waits.value.code, waits.value.status) == ("application_waits", 403)
    assert waits.value.registration == replace(first, earlier_application_on=applied_on)
    assert await there.answer_to_issuance(card) == "application_waits"


async def test_nobody_else_hears_that_an_application_waits(there: Elsewhere) -> None:
    card = there.cards.card(8001)
    await there.apply(card)
    other = there.cards.card(8002)
    forged = replace(await there.cards.signed(card), signature=(await there.cards.signed(other)).signature)
    assert await there.cards.answer_to(there.cards.menu_request(forged)) == NOT_IDENTIFIED
    assert await there.answer_to_issuance(other) == NOT_IDENTIFIED
    staff = await there.cards.city.database.connect("staff", CITY)
    await review.refuse(staff, CITY, 1, RefusedFor.NOT_FOUND, there.cards.city.clock.now, CLERK)
    assert await there.answer_to_issuance(card) == NOT_IDENTIFIED


async def test_who_has_left_the_city_hears_it_too_until_the_card_is_stopped(there: Elsewhere) -> None:
    card = await there.cards.give("999", 8001)
    await there.apply(card)
    assert await there.answer_to_issuance(card) == "application_waits"
    staff, later = await there.cards.city.database.connect("staff", CITY), timedelta(seconds=1)
    there.cards.city.clock.now += later
    await staff.execute(
        "UPDATE issuance.credential SET revoked_at = $1 WHERE serial = '8001'", there.cards.city.clock.now
    )
    assert await there.answer_to_issuance(card) == NOT_IDENTIFIED


async def test_once_accepted_the_card_gets_its_koseki_and_the_books_say_by_what(there: Elsewhere) -> None:
    card = await there.accepted()
    certificate = await there.cards.front.issue(await there.issuance(card))
    text = text_of(certificate.content)
    assert all(one.given_name in text for one in FAMILY)
    asked = "SELECT koseki_person_number FROM history.issuance_koseki_person WHERE registration_number IS NOT NULL"
    assert await there.cards.city.rows(asked) == [{"koseki_person_number": OUTSIDER}]
    shown = await there.cards.city.rows("SELECT person_number, asked_by FROM history.issuance_subject")
    assert shown == [{"person_number": "101", "asked_by": False}]


async def test_what_was_issued_by_a_registration_is_in_order_after_its_erasure_too(there: Elsewhere) -> None:
    database, now = there.cards.city.database, there.cards.city.clock.now
    await there.cards.front.issue(await there.issuance(await there.accepted()))
    await withdraw(there)
    admin, fsck = await database.connect("postgres", CITY), await database.connect("fsck", CITY)
    await admin.execute("DELETE FROM issuance.koseki_access")
    assert "not_accepted_but_issued" not in {one.rule.name for one in await check(fsck, CITY, now)}
    await admin.execute(
        "SET session_replication_role = replica; DELETE FROM history.koseki_access_step WHERE state = 'accepted'"
    )
    assert "not_accepted_but_issued" in {one.rule.name for one in await check(fsck, CITY, now)}


async def test_the_individual_certificate_is_of_the_applicant_alone(there: Elsewhere) -> None:
    card = await there.accepted()
    text = text_of((await there.cards.front.issue(await there.issuance(card, Kind.KOSEKI_INDIVIDUAL))).content)
    assert "父　花子" in text
    assert "父　101" not in text


async def test_the_supplement_is_of_that_koseki(there: Elsewhere) -> None:
    await feed_supplement(there.fed, "K5", LIVED)
    card = await there.accepted()
    text = text_of((await there.cards.front.issue(await there.issuance(card, Kind.KOSEKI_SUPPLEMENT))).content)
    assert "花子" in text


@pytest.mark.parametrize("kind", [Kind.RESIDENT_RECORD, Kind.SEAL_REGISTRATION])
async def test_nothing_of_the_register_is_had_by_a_registration(there: Elsewhere, kind: Kind) -> None:
    card = await there.accepted()
    assert await there.answer_to_issuance(card, kind) == NOT_AVAILABLE
    assert "not_in_issuance_record" in await there.cards.reasons()


async def test_the_menu_offers_the_koseki_kinds_and_its_session_a_certificate(there: Elsewhere) -> None:
    await feed_supplement(there.fed, "K5", LIVED)
    card = await there.accepted()
    menu = await there.cards.menu(await there.cards.signed(card))
    assert [kind.kind for kind in menu.kinds] == KOSEKI_KINDS
    request = replace(await there.issuance(card), credential=SessionCredential(menu.session))
    first = await there.cards.front.issue(request)
    assert (await there.cards.front.issue(request)).content == first.content
    await withdraw(there)
    assert await there.cards.answer_to(request) == NOT_IDENTIFIED


async def test_another_card_of_the_same_person_gets_nothing(there: Elsewhere) -> None:
    await there.accepted(8001)
    assert await there.answer_to_issuance(there.cards.card(8002)) == NOT_IDENTIFIED


async def test_a_renewed_card_applies_anew_and_stops_the_one_before(there: Elsewhere) -> None:
    old = await there.accepted(8001)
    new = await there.accepted(8002)
    assert await there.answer_to_issuance(old) == NOT_IDENTIFIED
    assert await there.answer_to_issuance(new) == "ok"
    ended = await there.cards.city.rows(
        "SELECT state, end_cause FROM issuance.koseki_access ORDER BY registration_number"
    )
    assert [tuple(row.values()) for row in ended] == [("expired", "superseded"), ("accepted", None)]


# What stops it ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE issuance.koseki SET domicile = '栃木県足利市通二丁目１番地'",
        "UPDATE issuance.koseki SET first_registrant = '足利　別人'",
        f"UPDATE issuance.koseki_member SET given_name = '改名' WHERE koseki_person_number = '{OUTSIDER}'",
        f"UPDATE issuance.koseki_member SET removed = true WHERE koseki_person_number = '{OUTSIDER}'",
        "DELETE FROM issuance.koseki",
    ],
)
async def test_a_koseki_that_changed_stops_it_at_once_and_for_good(there: Elsewhere, change: str) -> None:
    card = await there.accepted()
    await there.fed.sync.execute(change)
    assert await there.answer_to_issuance(card) == NOT_AVAILABLE
    assert await there.cards.city.rows("SELECT FROM issuance.person_held_back") == []
    async with CityDatabase.open(there.cards.city.database.dsn("sweeper")) as sweeper:
        await look_at_registrations(sweeper, CITY, there.cards.city.clock)
    steps = await there.cards.city.rows(
        "SELECT state, cause FROM history.koseki_access_step ORDER BY happened_at, state"
    )
    assert ("expired", "koseki_changed") in [tuple(row.values()) for row in steps]
    assert await there.answer_to_issuance(card) == NOT_IDENTIFIED


async def test_a_pending_notification_and_an_old_source_refuse_without_ending_it(there: Elsewhere) -> None:
    card = await there.accepted()
    await there.fed.sync.execute("UPDATE issuance.koseki SET pending_since = now()")
    assert await there.answer_to_issuance(card) == NOT_AVAILABLE
    await there.fed.sync.execute("UPDATE issuance.koseki SET pending_since = NULL")
    await there.fed.fed("koseki", there.cards.city.clock.now - AGE_LIMIT)
    assert await there.answer_to_issuance(card) == "not_fresh"
    await there.fed.fed("koseki", there.cards.city.clock.now)
    assert await there.answer_to_issuance(card) == "ok"


@pytest.mark.parametrize("person", ["KP500", OUTSIDER])
async def test_a_protective_measure_of_anybody_shown_refuses(there: Elsewhere, person: str) -> None:
    card = await there.accepted()
    staff = await there.cards.city.database.connect("staff", CITY)
    await staff.execute("INSERT INTO issuance.koseki_suppression VALUES ($1, $2, 'staff')", CITY, person)
    assert await there.answer_to_issuance(card) == NOT_AVAILABLE


async def test_withdrawn_while_the_paper_is_made_it_is_not_signed(
    there: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await there.accepted()
    once_made(there.cards.city, monkeypatch, lambda: withdraw(there))
    assert await there.answer_to_issuance(card) == NOT_IDENTIFIED
    assert await there.cards.city.rows("SELECT FROM history.issuance") == []
    assert "registration_ended" in await there.cards.reasons()


async def test_promise_2_the_permit_waits_for_whoever_withdraws(there: Elsewhere) -> None:
    card = await there.accepted()
    request = await there.issuance(card)
    staff = await there.cards.city.database.connect("staff", CITY)
    writing = staff.transaction()
    await writing.start()
    await review.withdraw(staff, CITY, 1, EndCause.DOUBT, there.cards.city.clock.now, CLERK)
    asking = asyncio.create_task(there.cards.answer_to(request))
    admin = await there.cards.city.database.connect()
    assert await waits_for_lock(admin, asking)
    await writing.commit()
    assert await asking == NOT_IDENTIFIED


async def test_a_certificate_past_its_days_ends_it(there: Elsewhere) -> None:
    await there.accepted()
    there.cards.city.clock.now = datetime(2099, 1, 1, tzinfo=UTC)
    async with CityDatabase.open(there.cards.city.database.dsn("sweeper")) as sweeper:
        await look_at_registrations(sweeper, CITY, there.cards.city.clock)
    ended = await there.cards.city.rows("SELECT state, end_cause FROM issuance.koseki_access")
    assert [tuple(row.values()) for row in ended] == [("expired", "certificate_over")]


# Deciding -----------------------------------------------------------------------------------------------------------------------


async def test_what_the_applicant_says_stands_beside_what_the_koseki_says(there: Elsewhere) -> None:
    number = int((await there.apply(there.cards.card(8001), domicile="足利市のどこか")).registration_number)
    one, candidate = await there.review(number)
    assert agreeing(one, candidate) == (Agreement.SAME, Agreement.DIFFERS, Agreement.SAME)
    in_kana = replace(one, name="アシカガ　ハナコ", domicile="トチギケンアシカガシ 1-2", first_registrant="1-2")
    assert agreeing(in_kana, candidate) == (Agreement.KANA, Agreement.KANA, Agreement.DIFFERS)
    assert agreeing(in_kana, replace(candidate, name="アシカガ　ハルコ"))[0] is Agreement.DIFFERS
    assert obstacles(candidate, there.cards.city.clock.now) == ()


@pytest.mark.parametrize(
    ("obstacle", "change"),
    [
        (Obstacle.PENDING, "UPDATE issuance.koseki SET pending_since = now()"),
        (
            Obstacle.IN_DOUBT,
            "INSERT INTO issuance.source_doubt VALUES ('092029', 'koseki', 'K5', 'different', now())",
        ),
        (Obstacle.SOURCE_OLD, "UPDATE issuance.source SET fed_at = '2026-01-01' WHERE source = 'koseki'"),
    ],
)
async def test_nothing_is_accepted_against_the_koseki(there: Elsewhere, obstacle: Obstacle, change: str) -> None:
    number = int((await there.apply(there.cards.card(8001))).registration_number)
    await there.fed.sync.execute(change)
    _, candidate = await there.review(number)
    assert obstacles(candidate, there.cards.city.clock.now) == (obstacle,)
    with pytest.raises(SomethingStandsAgainst):
        await there.accept(number)


async def test_nobody_under_a_protective_measure_is_accepted(there: Elsewhere) -> None:
    number = int((await there.apply(there.cards.card(8001))).registration_number)
    staff = await there.cards.city.database.connect("staff", CITY)
    await staff.execute("INSERT INTO issuance.koseki_suppression VALUES ($1, $2, 'staff')", CITY, OUTSIDER)
    with pytest.raises(SomethingStandsAgainst):
        await there.accept(number)


async def test_a_koseki_that_moves_while_it_is_looked_at_is_looked_at_again(there: Elsewhere) -> None:
    number = int((await there.apply(there.cards.card(8001))).registration_number)
    one, candidate = await there.review(number)
    await there.fed.sync.execute("UPDATE issuance.koseki SET domicile = '別の町' WHERE koseki_number = 'K5'")
    staff = await there.cards.city.database.connect("staff", CITY)
    with pytest.raises(KosekiMovedMeanwhile):
        await review.accept(staff, CITY, one, candidate, there.cards.city.clock.now, CLERK)


async def test_of_two_clerks_one_decides(there: Elsewhere) -> None:
    number = int((await there.apply(there.cards.card(8001))).registration_number)
    one, candidate = await there.review(number)
    staff, now = await there.cards.city.database.connect("staff", CITY), there.cards.city.clock.now
    await review.refuse(staff, CITY, number, RefusedFor.FACTS_DIFFER, now, CLERK)
    with pytest.raises(ApplicationDecidedAlready):
        await review.accept(staff, CITY, one, candidate, now, CLERK)
    with pytest.raises(ApplicationDecidedAlready):
        await review.refuse(staff, CITY, number, RefusedFor.NOT_FOUND, now, CLERK)


async def test_deadlines_that_are_near_and_over_open_one_alert_each(there: Elsewhere) -> None:
    await there.apply(there.cards.card(8001))
    clock = there.cards.city.clock
    async with CityDatabase.open(there.cards.city.database.dsn("sweeper")) as sweeper:
        for day in range(1, 15):
            clock.now = datetime(2026, 11, 23, 3, tzinfo=UTC) + timedelta(days=day)
            await look_at_registrations(sweeper, CITY, clock)
            await look_at_registrations(sweeper, CITY, clock)
            alerts = await there.cards.city.rows("SELECT cause FROM history.alert ORDER BY alert_id")
            expected = ["koseki_access_due"] * (clock.now.date() >= date(2026, 11, 27))
            expected += ["koseki_access_overdue"] * (clock.now.date() > date(2026, 11, 30))
            assert [row["cause"] for row in alerts] == expected


async def test_a_decision_is_never_taken_back(there: Elsewhere) -> None:
    await there.accepted()
    await withdraw(there)
    staff = await there.cards.city.database.connect("staff", CITY)
    for state in ("submitted", "accepted", "refused"):
        with pytest.raises(Exception, match="cannot go from withdrawn"):
            await staff.execute("UPDATE issuance.koseki_access SET state = $1", state)
    steps = await there.cards.city.rows(
        "SELECT state, done_by FROM history.koseki_access_step ORDER BY happened_at, state"
    )
    assert {tuple(row.values()) for row in steps} == {("submitted", None), ("accepted", "窓口"), ("withdrawn", None)}
    assert DOMICILE not in str(await there.cards.city.rows("SELECT * FROM history.koseki_access_step"))


@pytest.mark.parametrize(
    "taken",
    [
        "INSERT INTO issuance.credential VALUES ('092029', 'ab', '9', 'registration/1', 'card', now())",
        "INSERT INTO issuance.user_id VALUES ('092029', 'u', 'registration/1', now())",
        "INSERT INTO issuance.koseki_member VALUES ('092029', 'K5', 9, 'KP9', 'registration/1', '足利', '九', NULL, '1980-04-01', NULL, NULL, NULL, NULL, NULL, NULL, '長男')",
        "UPDATE issuance.resident_record SET person_number = 'registration/1' WHERE person_number = '101'",
    ],
)
async def test_no_source_names_a_person_as_a_registration_is_named(there: Elsewhere, taken: str) -> None:
    admin = await there.cards.city.database.connect("postgres", CITY)
    with pytest.raises(asyncpg.CheckViolationError):
        await admin.execute(taken)
