"""戸籍個人事項証明書: the holder alone out of their koseki; whom it does not show does not stop it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from issuance_db import kosekis
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import Caller, Certificate, Channel, Kind, MenuRequest
from tests.issuing.city import TERMINAL
from tests.issuing.fed import AGE_LIMIT, DOMICILE, EVERY_KIND, Fed, InKoseki
from tests.issuing.meanwhile import once_made
from tests.issuing.read_pdf import pages_of, text_of
from tests.sync.registry_rows import CITY

KIND = Kind.KOSEKI_INDIVIDUAL
KOSEKI_ONLY = Caller("centre", CITY, Channel.CENTRE, frozenset({Kind.KOSEKI_FULL, KIND}))
FAMILY = (
    InKoseki("KP101", "101", "101"),
    InKoseki("KP102", "102", "102", items=3),
    InKoseki("KP9", "外子", removed=True),
    InKoseki("KP103", "103", "103"),
)


@pytest.fixture
async def family(fed: Fed) -> Fed:
    """101 (筆頭者), 102 and 103 in one koseki with somebody who left it and is in no register of the city."""
    await fed.domiciled("101", "102", "103")
    await fed.koseki("K1", FAMILY)
    return fed


async def issue(fed: Fed, person: str = "102") -> Certificate:
    return await fed.city.issuing.issue(EVERY_KIND, fed.request(KIND, await fed.card(person)))


async def refused(fed: Fed, person: str = "102") -> Refusal:
    with pytest.raises(Refusal) as caught:
        await issue(fed, person)
    return caught.value


async def on_offer(fed: Fed, person: str) -> list[Kind]:
    menu = await fed.city.issuing.menu(KOSEKI_ONLY, MenuRequest("menu-1", CITY, TERMINAL, await fed.card(person)))
    return [kind.kind for kind in menu.kinds]


async def protect(fed: Fed, person: str) -> None:
    await fed.city.registry.person(person, suppressed=True)
    await fed.city.project()


async def suppress_known_from_the_koseki(fed: Fed, koseki_person: str) -> None:
    staff = await fed.city.database.connect("staff", CITY)
    await staff.execute("INSERT INTO issuance.koseki_suppression VALUES ($1, $2, 'staff')", CITY, koseki_person)


async def test_it_shows_the_holder_and_nobody_else_of_the_koseki(family: Fed) -> None:
    certificate = await issue(family)
    text = text_of(certificate.content)
    assert (len(pages_of(certificate.content)), certificate.pages, certificate.fee_yen) == (1, 1, 450)
    assert DOMICILE in text
    assert "足利　101" in text
    assert text.count("父　102") == 3
    assert not any(f"父　{other}" in text for other in ("101", "外子", "103"))
    assert "戸籍中の一部の者について記録されている事項の全部を証明した書面" in text


async def test_the_books_name_the_holder_and_the_first_registrant_by_name(family: Fed) -> None:
    await issue(family)
    subjects = await family.city.rows(
        "SELECT person_number, printed_as, asked_by FROM history.issuance_subject ORDER BY position"
    )
    assert [tuple(row.values()) for row in subjects] == [("102", "person", True), ("101", "head_name", False)]
    people = await family.city.rows(
        "SELECT koseki_person_number, person_number FROM history.issuance_koseki_person ORDER BY position"
    )
    assert [tuple(row.values()) for row in people] == [("KP101", "101"), ("KP102", "102")]
    ages = await family.city.rows("SELECT source, age FROM history.issuance_source ORDER BY source")
    assert [tuple(row.values()) for row in ages] == [("koseki", timedelta(hours=1)), ("registry", timedelta(0))]


async def test_suppression_of_somebody_it_does_not_show_stops_the_whole_koseki_alone(family: Fed) -> None:
    await protect(family, "103")
    await suppress_known_from_the_koseki(family, "KP9")
    assert (await issue(family)).pages == 1
    with pytest.raises(Refusal):
        await family.city.issuing.issue(EVERY_KIND, family.request(Kind.KOSEKI_FULL, await family.card("102")))
    assert await on_offer(family, "102") == [KIND]


@pytest.mark.parametrize("person", ["101", "102"])
async def test_suppression_of_the_holder_or_of_the_first_registrant_refuses(family: Fed, person: str) -> None:
    await protect(family, person)
    refusal = await refused(family)
    assert (refusal.code, refusal.reason, refusal.person_number) == (RefusalCode.NOT_AVAILABLE, "suppressed", person)
    with pytest.raises(Refusal) as neutral:
        await on_offer(family, "102")
    assert neutral.value.code is RefusalCode.NOT_AVAILABLE


async def test_suppression_of_a_first_registrant_known_only_from_the_koseki_refuses(family: Fed) -> None:
    await family.sync.execute("UPDATE issuance.koseki_member SET person_number = NULL WHERE person_number = '101'")
    assert (await issue(family)).pages == 1
    await suppress_known_from_the_koseki(family, "KP101")
    assert (await refused(family)).reason == "suppressed"


async def test_mis_16_suppression_of_the_first_registrant_between_authorisation_and_permit_refuses(
    family: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    once_made(family.city, monkeypatch, lambda: suppress_known_from_the_koseki(family, "KP101"))
    assert (await refused(family)).reason == "suppressed"
    assert await family.city.rows("SELECT FROM history.issuance") == []


async def test_mis_16_protection_of_the_holder_while_the_paper_is_made_refuses(
    family: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    once_made(family.city, monkeypatch, lambda: protect(family, "102"))
    assert (await refused(family)).reason == "suppressed"


async def test_promise_2_an_entry_made_while_the_paper_is_made_is_on_it(
    family: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = (
        "UPDATE issuance.koseki_paragraph SET content = '栃木県佐野市' WHERE item_number = 3 AND paragraph_number = 2"
    )
    once_made(family.city, monkeypatch, lambda: family.sync.execute(change))
    assert "栃木県佐野市" in text_of((await issue(family)).content)
    states = await family.city.rows("SELECT state, state_cause FROM issuance.intent ORDER BY proposed_at")
    assert [tuple(row.values()) for row in states] == [("void", "RecordMoved"), ("recorded", None)]


async def test_a_pending_notification_refuses(family: Fed) -> None:
    await family.sync.execute("UPDATE issuance.koseki SET pending_since = now()")
    assert (await refused(family)).reason == "koseki_pending"


async def test_a_notification_that_comes_in_while_the_paper_is_made_refuses(
    family: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    once_made(family.city, monkeypatch, lambda: family.sync.execute("UPDATE issuance.koseki SET pending_since = now()"))
    assert (await refused(family)).reason == "koseki_pending"


async def test_a_kind_stopped_while_the_paper_is_made_is_not_issued(
    family: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    once_made(family.city, monkeypatch, lambda: family.stop(KIND))
    assert (await refused(family)).reason == "kind_stopped"


async def test_o1_the_entries_of_another_member_are_caught_by_the_second_derivation(
    family: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = kosekis.koseki_of

    async def with_the_holder_taken_for_another(*arguments: Any) -> Any:
        koseki = await read(*arguments)
        assert koseki is not None
        wrong = {"KP102": "KP103", "KP103": "KP102"}
        members = tuple(
            replace(one, koseki_person_number=wrong.get(one.koseki_person_number, one.koseki_person_number))
            for one in koseki.members
        )
        return replace(koseki, members=members)

    monkeypatch.setattr(kosekis, "koseki_of", with_the_holder_taken_for_another)
    assert (await refused(family)).code is RefusalCode.CLOSED
    assert await family.city.rows("SELECT cause FROM issuance.quarantine") == [{"cause": "PersonDiffers"}]
    assert await family.city.rows("SELECT kind FROM issuance.service_stop") == [{"kind": "koseki_individual"}]


async def test_d1_3_a_koseki_that_is_not_what_the_record_says_refuses_and_is_listed_for_this_kind(family: Fed) -> None:
    await family.sync.execute("UPDATE issuance.koseki_member SET given_name = '別人' WHERE person_number = '102'")
    assert (await refused(family)).reason == "record_contradicts_itself"
    listed = await family.city.rows("SELECT person_number, cause, item FROM issuance.person_held_back")
    assert listed == [{"person_number": "102", "cause": "data", "item": "koseki_individual/holder"}]


async def test_what_cannot_be_printed_lists_the_holder_for_this_kind_alone(family: Fed) -> None:
    await family.sync.execute("UPDATE issuance.koseki_member SET father = E'\\ue000' WHERE position = 2")
    assert (await refused(family)).reason == "cannot_be_printed"
    listed = await family.city.rows("SELECT person_number, cause, item FROM issuance.person_held_back")
    assert listed == [{"person_number": "102", "cause": "character", "item": "koseki_individual/person1.father"}]
    await family.sync.execute("UPDATE issuance.koseki_member SET father = NULL WHERE position = 2")
    assert (await refused(family)).reason == "held_back"
    full = family.request(Kind.KOSEKI_FULL, await family.card("102"))
    assert (await family.city.issuing.issue(EVERY_KIND, full)).pages == 2


async def test_mis_09_past_its_age_limit_the_kind_stops_by_itself(family: Fed) -> None:
    await family.fed("koseki", family.city.clock.now - AGE_LIMIT)
    refusal = await refused(family)
    assert (refusal.code, refusal.reason) == (RefusalCode.NOT_FRESH, "source_past_age_limit")


async def test_nobody_without_a_koseki_here_nor_under_age_gets_one(family: Fed) -> None:
    await family.city.registry.person("103", birth_on=date(2015, 4, 1))
    await family.city.project()
    assert (await refused(family, "103")).reason == "under_age"
    await family.sync.execute("UPDATE issuance.koseki_member SET removed = true WHERE person_number = '102'")
    assert (await refused(family)).reason == "no_koseki_here"


async def test_suppression_since_the_answer_destroys_the_bytes(family: Fed) -> None:
    request = family.request(KIND, await family.card("102"))
    first = await family.city.issuing.issue(EVERY_KIND, request)
    await suppress_known_from_the_koseki(family, "KP9")
    assert (await family.city.issuing.issue(EVERY_KIND, request)).content == first.content
    await suppress_known_from_the_koseki(family, "KP101")
    with pytest.raises(Refusal) as caught:
        await family.city.issuing.issue(EVERY_KIND, request)
    assert caught.value.code is RefusalCode.NOT_AVAILABLE
    assert await family.city.rows("SELECT FROM issuance.kept_answer") == []
