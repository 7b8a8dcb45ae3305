"""戸籍全部事項証明書: the whole koseki of the holder, and nobody's when anybody on it is protected."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from issuance_db import kosekis
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import Certificate, Kind, MenuRequest
from tests.issuing.city import TERMINAL
from tests.issuing.fed import AGE_LIMIT, DOMICILE, EVERY_KIND, Fed, InKoseki
from tests.issuing.meanwhile import once_made, waits_for_lock
from tests.issuing.read_pdf import pages_of, text_of
from tests.sync.registry_rows import CITY

KOSEKI = Kind.KOSEKI_FULL
FAMILY = (
    InKoseki("KP101", "101", "101", items=6),
    InKoseki("KP102", "102", "102", items=6),
    InKoseki("KP9", "外子", removed=True),
    InKoseki("KP103", "103", "103"),
)


@pytest.fixture
async def family(fed: Fed) -> Fed:
    """101, 102 and 103 in one koseki with somebody who left it and is in no register of the city."""
    await fed.domiciled("101", "102", "103")
    await fed.koseki("K1", FAMILY)
    return fed


async def issue(fed: Fed, person: str = "101") -> Certificate:
    return await fed.city.issuing.issue(EVERY_KIND, fed.request(KOSEKI, await fed.card(person)))


async def refused(fed: Fed, person: str = "101") -> Refusal:
    with pytest.raises(Refusal) as caught:
        await issue(fed, person)
    return caught.value


async def suppress_outside(fed: Fed) -> None:
    staff = await fed.city.database.connect("staff", CITY)
    await staff.execute("INSERT INTO issuance.koseki_suppression VALUES ($1, 'KP9', 'staff')", CITY)


async def test_mis_06_every_page_carries_number_page_and_koseki(family: Fed) -> None:
    certificate = await issue(family)
    pages = pages_of(certificate.content)
    assert len(pages) == certificate.pages == 3
    for number, page in enumerate(pages, 1):
        assert certificate.issuance_number in page
        assert f"{number}/3" in page
        assert DOMICILE in page
    assert certificate.fee_yen == 450
    assert "戸籍に記録されている事項の全部を証明した書面" in pages[-1]


async def test_everyone_recorded_is_on_it_and_in_the_books(family: Fed) -> None:
    text = text_of((await issue(family, "103")).content)
    for one in FAMILY:
        assert f"父　{one.given_name}" in text
    assert "（除　籍）" in text
    subjects = await family.city.rows("SELECT person_number, asked_by FROM history.issuance_subject ORDER BY position")
    assert [(row["person_number"], row["asked_by"]) for row in subjects] == [
        ("103", True),
        ("101", False),
        ("102", False),
    ]
    people = await family.city.rows(
        "SELECT koseki_person_number, person_number FROM history.issuance_koseki_person ORDER BY position"
    )
    assert [tuple(row.values()) for row in people] == [(one.koseki_person_number, one.person_number) for one in FAMILY]


async def test_mis_09_the_books_say_how_old_the_koseki_was(family: Fed) -> None:
    await issue(family)
    rows = await family.city.rows("SELECT source, age FROM history.issuance_source ORDER BY source")
    assert [tuple(row.values()) for row in rows] == [("koseki", timedelta(hours=1)), ("registry", timedelta(0))]


async def test_nobody_without_a_koseki_here_gets_one(fed: Fed) -> None:
    assert (await refused(fed)).reason == "no_koseki_here"


async def test_who_left_a_koseki_does_not_get_it(family: Fed) -> None:
    await family.sync.execute("UPDATE issuance.koseki_member SET removed = true WHERE person_number = '103'")
    assert (await refused(family, "103")).reason == "no_koseki_here"


async def test_a_pending_notification_refuses_everybody_of_the_koseki(family: Fed) -> None:
    await family.sync.execute("UPDATE issuance.koseki SET pending_since = now()")
    for person in ("101", "103"):
        refusal = await refused(family, person)
        assert (refusal.code, refusal.reason) == (RefusalCode.NOT_AVAILABLE, "koseki_pending")
    await family.sync.execute("UPDATE issuance.koseki SET pending_since = NULL")
    assert (await issue(family)).pages == 3


async def test_a_notification_that_comes_in_while_the_paper_is_made_refuses(
    family: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    once_made(family.city, monkeypatch, lambda: family.sync.execute("UPDATE issuance.koseki SET pending_since = now()"))
    assert (await refused(family)).reason == "koseki_pending"


async def test_promise_2_an_entry_made_while_the_paper_is_made_is_on_it(
    family: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = (
        "UPDATE issuance.koseki_paragraph SET content = '栃木県佐野市' WHERE item_number = 2 AND paragraph_number = 2"
    )
    once_made(family.city, monkeypatch, lambda: family.sync.execute(change))
    assert "栃木県佐野市" in text_of((await issue(family)).content)
    states = await family.city.rows("SELECT state, state_cause FROM issuance.intent ORDER BY proposed_at")
    assert [tuple(row.values()) for row in states] == [("void", "RecordMoved"), ("recorded", None)]


@pytest.mark.parametrize("person", ["102", "103"])
async def test_suppression_of_any_resident_on_it_refuses(family: Fed, person: str) -> None:
    await family.city.registry.person(person, suppressed=True)
    await family.city.project()
    assert (await refused(family)).reason == "suppressed"


async def test_suppression_of_somebody_outside_the_register_refuses(family: Fed) -> None:
    await suppress_outside(family)
    refusal = await refused(family)
    assert (refusal.code, refusal.reason) == (RefusalCode.NOT_AVAILABLE, "suppressed")


async def test_mis_16_suppression_of_somebody_outside_between_authorisation_and_permit_refuses(
    family: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    once_made(family.city, monkeypatch, lambda: suppress_outside(family))
    assert (await refused(family)).reason == "suppressed"
    assert await family.city.rows("SELECT FROM history.issuance") == []


async def test_mis_16_an_event_about_a_member_in_another_household_is_not_missed(
    family: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    await family.city.registry.family("901", "201")
    await family.city.project()
    await family.domiciled("101", "201")
    await family.sync.execute(
        "UPDATE issuance.koseki_member SET person_number = '201', removed = false WHERE koseki_person_number = 'KP9'"
    )

    async def protect_and_project() -> None:
        await family.city.registry.person("201", suppressed=True)
        await family.city.project()

    once_made(family.city, monkeypatch, protect_and_project)
    assert (await refused(family)).reason == "suppressed"


async def test_suppression_since_the_answer_destroys_the_bytes(family: Fed) -> None:
    request = family.request(KOSEKI, await family.card("101"))
    first = await family.city.issuing.issue(EVERY_KIND, request)
    assert (await family.city.issuing.issue(EVERY_KIND, request)).content == first.content
    await suppress_outside(family)
    with pytest.raises(Refusal) as caught:
        await family.city.issuing.issue(EVERY_KIND, request)
    assert caught.value.code is RefusalCode.NOT_AVAILABLE
    assert await family.city.rows("SELECT FROM issuance.kept_answer") == []


@pytest.mark.parametrize(
    "differs",
    [
        "UPDATE issuance.koseki SET domicile = '栃木県足利市通二丁目１番地'",
        "UPDATE issuance.koseki SET first_registrant = '足利　別人'",
        "UPDATE issuance.koseki_member SET given_name = '別人' WHERE person_number = '101'",
        "UPDATE issuance.koseki_member SET birth_on = '1980-04-02' WHERE person_number = '101'",
    ],
)
async def test_d1_3_a_koseki_that_is_not_what_the_record_says_refuses_and_is_listed(family: Fed, differs: str) -> None:
    await family.sync.execute(differs)
    assert (await refused(family)).reason == "record_contradicts_itself"
    listed = await family.city.rows("SELECT person_number, cause, item FROM issuance.person_held_back")
    assert listed == [{"person_number": "101", "cause": "data", "item": "koseki_full/holder"}]


async def test_o1_another_familys_koseki_is_caught_by_the_second_derivation(
    family: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = kosekis.koseki_of

    async def with_another_number(*arguments: Any) -> Any:
        koseki = await read(*arguments)
        assert koseki is not None
        others = tuple(
            replace(one, koseki_person_number="other") if one.position == 3 else one for one in koseki.members
        )
        return replace(koseki, members=others)

    monkeypatch.setattr(kosekis, "koseki_of", with_another_number)
    assert (await refused(family)).code is RefusalCode.CLOSED
    assert await family.city.rows("SELECT cause FROM issuance.quarantine") == [{"cause": "PersonDiffers"}]
    stops = await family.city.rows("SELECT kind FROM issuance.service_stop")
    assert stops == [{"kind": "koseki_full"}]


async def test_mis_09_past_its_age_limit_the_kind_stops_by_itself(family: Fed) -> None:
    await family.fed("koseki", family.city.clock.now - AGE_LIMIT)
    refusal = await refused(family)
    assert (refusal.code, refusal.reason) == (RefusalCode.NOT_FRESH, "source_past_age_limit")


async def test_what_cannot_be_printed_lists_the_holder_for_this_kind_alone(family: Fed) -> None:
    await family.sync.execute("UPDATE issuance.koseki_member SET given_name = E'\\ue000' WHERE position = 3")
    assert (await refused(family)).reason == "cannot_be_printed"
    listed = await family.city.rows("SELECT person_number, cause, item FROM issuance.person_held_back")
    assert listed == [{"person_number": "101", "cause": "character", "item": "koseki_full/person3.given_name"}]
    assert (await family.city.issuing.issue(EVERY_KIND, family.city.request(await family.card("102")))).pages == 1


async def test_under_age_nobody_gets_one(family: Fed) -> None:
    await family.city.registry.person("103", birth_on=date(2015, 4, 1))
    await family.city.project()
    assert (await refused(family, "103")).reason == "under_age"


async def test_a_planned_move_does_not_stop_a_koseki(family: Fed) -> None:
    await family.city.registry.person("102", state="planned_mover")
    await family.city.project()
    assert (await issue(family)).pages == 3


async def test_the_menu_offers_it(family: Fed) -> None:
    menu = await family.city.issuing.menu(EVERY_KIND, MenuRequest("menu-1", CITY, TERMINAL, await family.card("101")))
    assert [kind.kind for kind in menu.kinds] == [Kind.RESIDENT_RECORD, KOSEKI, Kind.KOSEKI_INDIVIDUAL]


async def test_promise_2_the_permit_waits_for_a_writer_of_the_koseki(family: Fed) -> None:
    card = await family.card("101")
    request = family.request(KOSEKI, card)
    writing = family.sync.transaction()
    await writing.start()
    await family.sync.execute("UPDATE issuance.koseki SET pending_since = now()")
    asking = asyncio.create_task(family.city.issuing.issue(EVERY_KIND, request))
    admin = await family.city.database.connect()
    assert await waits_for_lock(admin, asking)
    await writing.commit()
    with pytest.raises(Refusal) as caught:
        await asking
    assert caught.value.reason == "koseki_pending"


async def test_mis_08_a_koseki_in_doubt_refuses_until_cleared(family: Fed) -> None:
    await family.sync.execute("INSERT INTO issuance.source_doubt VALUES ($1, 'koseki', 'K1', 'different', now())", CITY)
    assert (await refused(family)).reason == "held_back"
    await family.sync.execute("DELETE FROM issuance.source_doubt")
    assert (await issue(family)).pages == 3
