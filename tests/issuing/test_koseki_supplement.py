"""戸籍の附票の写し: where everyone in a koseki has lived, from two sources that must agree with each other and with the record."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from issuance_db import koseki_supplements
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import Certificate, Kind, MenuRequest, ResidentRecordOptions
from tests.issuing.city import TERMINAL
from tests.issuing.fed import AGE_LIMIT, DOMICILE, EVERY_KIND, Fed, InKoseki
from tests.issuing.meanwhile import once_made, waits_for_lock
from tests.issuing.read_pdf import pages_of, text_of
from tests.issuing.supplements import BEFORE, HOME, feed_supplement, move_to
from tests.sync.registry_rows import CITY

KIND = Kind.KOSEKI_SUPPLEMENT
ELSEWHERE = "北海道札幌市中央区北一条西二丁目"
FAMILY = (
    InKoseki("KP101", "101", "101"),
    InKoseki("KP102", "102", "102"),
    InKoseki("KP9", "外子", removed=True),
    InKoseki("KP103", "103", "103"),
)


@pytest.fixture
async def family(fed: Fed) -> Fed:
    """101 (筆頭者), 102 and 103 live here; somebody who left their koseki lived elsewhere and is in no register of the city."""
    await fed.domiciled("101", "102", "103")
    await fed.koseki("K1", FAMILY)
    addresses = ((BEFORE, HOME), (HOME,), (ELSEWHERE,), (HOME,))
    await feed_supplement(fed, "K1", list(zip(FAMILY, addresses, strict=True)))
    return fed


async def issue(fed: Fed, person: str = "101", **changes: object) -> Certificate:
    asked = fed.request(KIND, await fed.card(person), **({"persons": "koseki"} | changes))
    return await fed.city.issuing.issue(EVERY_KIND, asked)


async def refused(fed: Fed, person: str = "101", **changes: object) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await issue(fed, person, **changes)
    return caught.value


async def held_back(fed: Fed) -> list[tuple[object, ...]]:
    rows = await fed.city.rows("SELECT person_number, cause, item FROM issuance.person_held_back")
    return [tuple(row.values()) for row in rows]


async def test_it_shows_every_address_of_everyone(family: Fed) -> None:
    certificate = await issue(family)
    text = text_of(certificate.content)
    assert (certificate.pages, certificate.fee_yen) == (1, 300)
    for one in FAMILY:
        assert f"足利　{one.given_name}" in text
    assert (text.count(BEFORE), text.count(HOME), text.count(ELSEWHERE)) == (1, 3, 1)
    assert "（除　籍）" in text
    assert "全員" in text
    assert "戸籍の附票の原本と相違ない" in text
    assert "101".zfill(11) not in text


async def test_the_holder_alone_if_that_is_asked_for(family: Fed) -> None:
    text = text_of((await issue(family, "102", persons="self")).content)
    assert "足利　102" in text
    assert "請求者本人" in text
    assert not any(other in text for other in ("足利　101", "足利　103", ELSEWHERE, BEFORE))


async def test_domicile_and_first_registrant_are_printed_only_when_asked_for(family: Fed) -> None:
    without = text_of((await issue(family, "102", persons="self")).content)
    assert (without.count("【省略】"), without.count(DOMICILE)) == (2, 1)
    asked = text_of((await issue(family, "102", persons="self", options=ResidentRecordOptions(domicile=True))).content)
    assert "【省略】" not in asked
    assert asked.count(DOMICILE) == 2
    assert "足利　101" in asked


async def test_everyone_shown_is_in_the_books_with_both_sources(family: Fed) -> None:
    await issue(family, "103")
    subjects = await family.city.rows("SELECT person_number, asked_by FROM history.issuance_subject ORDER BY position")
    assert [tuple(row.values()) for row in subjects] == [("103", True), ("101", False), ("102", False)]
    people = await family.city.rows(
        "SELECT koseki_person_number, person_number FROM history.issuance_koseki_person ORDER BY position"
    )
    assert [tuple(row.values()) for row in people] == [(one.koseki_person_number, one.person_number) for one in FAMILY]
    ages = await family.city.rows("SELECT source, age FROM history.issuance_source ORDER BY source")
    hour = timedelta(hours=1)
    assert [tuple(row.values()) for row in ages] == [
        ("koseki", hour),
        ("koseki_supplement", hour),
        ("registry", timedelta(0)),
    ]


async def test_a_name_at_the_head_alone_is_in_the_books_as_that(family: Fed) -> None:
    await issue(family, "102", persons="self", options=ResidentRecordOptions(domicile=True))
    subjects = await family.city.rows(
        "SELECT person_number, printed_as FROM history.issuance_subject ORDER BY position"
    )
    assert [tuple(row.values()) for row in subjects] == [("102", "person"), ("101", "head_name")]


async def test_the_menu_offers_it_with_its_option(family: Fed) -> None:
    menu = await family.city.issuing.menu(EVERY_KIND, MenuRequest("menu-1", CITY, TERMINAL, await family.card("101")))
    assert [(kind.kind, kind.options, kind.persons) for kind in menu.kinds if kind.kind is KIND] == [
        (KIND, ("domicile",), ())
    ]


@pytest.mark.parametrize("persons", ["household", ("101",)])
async def test_a_household_is_no_koseki(family: Fed, persons: object) -> None:
    assert (await refused(family, persons=persons)).code is RefusalCode.NOT_AVAILABLE


async def test_a_koseki_is_no_household(family: Fed) -> None:
    asked = family.request(Kind.RESIDENT_RECORD, await family.card("101"), persons="koseki")
    with pytest.raises(Refusal) as caught:
        await family.city.issuing.issue(EVERY_KIND, asked)
    assert caught.value.reason == "not_of_household"


async def test_nobody_without_one_here_nor_under_age_gets_one(family: Fed) -> None:
    await family.city.registry.person("103", birth_on=date(2015, 4, 1))
    await family.city.project()
    assert (await refused(family, "103")).reason == "under_age"
    await family.sync.execute("DELETE FROM issuance.koseki_supplement")
    assert (await refused(family)).reason == "no_supplement_here"


async def test_promise_2_a_move_entered_while_the_paper_is_made_is_on_it(
    family: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    once_made(family.city, monkeypatch, lambda: move_to(family, "K1", 3, 2, BEFORE))
    assert text_of((await issue(family)).content).count(BEFORE) == 2
    states = await family.city.rows("SELECT state, state_cause FROM issuance.intent ORDER BY proposed_at")
    assert [tuple(row.values()) for row in states] == [("void", "RecordMoved"), ("recorded", None)]


async def test_a_supplement_deleted_while_the_paper_is_made_is_not_issued(
    family: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    once_made(family.city, monkeypatch, lambda: family.sync.execute("DELETE FROM issuance.koseki_supplement"))
    assert (await refused(family)).reason == "no_supplement_here"
    assert await family.city.rows("SELECT FROM history.issuance") == []


async def test_promise_2_a_move_that_the_register_has_and_the_supplement_has_not_waits_for_the_feed(
    family: Fed,
) -> None:
    new = "栃木県足利市通二丁目１番地"
    await family.city.registry.person("102", address=new)
    await family.city.project()
    refusal = await refused(family)
    assert (refusal.code, refusal.reason) == (RefusalCode.NOT_FRESH, "supplement_behind_record")
    assert await held_back(family) == []
    await move_to(family, "K1", 2, 2, new)
    assert new in text_of((await issue(family)).content)


async def test_promise_2_a_move_in_the_register_while_the_paper_is_made_is_noticed(
    family: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def move() -> None:
        await family.city.registry.person("103", address="栃木県足利市通二丁目１番地")
        await family.city.project()

    once_made(family.city, monkeypatch, move)
    assert (await refused(family)).reason == "supplement_behind_record"


async def test_who_left_the_koseki_may_live_anywhere_now(family: Fed) -> None:
    await family.sync.execute("UPDATE issuance.koseki_member SET removed = true WHERE person_number = '103'")
    await family.sync.execute("UPDATE issuance.koseki_supplement_person SET removed = true WHERE person_number = '103'")
    await family.city.registry.person("103", address="栃木県足利市通二丁目１番地")
    await family.city.project()
    assert "通二丁目１番地" not in text_of((await issue(family)).content)


@pytest.mark.parametrize("source", ["koseki", "koseki_supplement"])
async def test_mis_09_past_the_age_limit_of_either_source_the_kind_stops_by_itself(family: Fed, source: str) -> None:
    await family.fed(source, family.city.clock.now - AGE_LIMIT)
    refusal = await refused(family)
    assert (refusal.code, refusal.reason) == (RefusalCode.NOT_FRESH, "source_past_age_limit")


@pytest.mark.parametrize("source", ["koseki", "koseki_supplement"])
async def test_mis_09_a_source_that_grows_too_old_while_the_paper_is_made_is_not_issued_from(
    family: Fed, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    once_made(family.city, monkeypatch, lambda: family.fed(source, family.city.clock.now - AGE_LIMIT))
    assert (await refused(family)).reason == "source_past_age_limit"


@pytest.mark.parametrize("persons", ["koseki", "self"])
async def test_a_pending_notification_refuses(family: Fed, persons: str) -> None:
    await family.sync.execute("UPDATE issuance.koseki SET pending_since = now()")
    assert (await refused(family, persons=persons)).reason == "koseki_pending"


async def test_a_notification_that_comes_in_while_the_paper_is_made_refuses(
    family: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    once_made(family.city, monkeypatch, lambda: family.sync.execute("UPDATE issuance.koseki SET pending_since = now()"))
    assert (await refused(family)).reason == "koseki_pending"


async def test_mis_17_a_planned_move_of_anybody_printed_refuses(family: Fed) -> None:
    await family.city.registry.person("102", state="planned_mover")
    await family.city.project()
    assert (await refused(family)).reason == "planned_move_out"
    assert (await issue(family, persons="self")).pages == 1


async def test_mis_17_a_move_planned_while_the_paper_is_made_refuses(
    family: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def plan() -> None:
        await family.city.registry.person("102", state="planned_mover")
        await family.city.project()

    once_made(family.city, monkeypatch, plan)
    assert (await refused(family)).reason == "planned_move_out"


async def test_a_kind_stopped_while_the_paper_is_made_is_not_issued(
    family: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    once_made(family.city, monkeypatch, lambda: family.stop(KIND))
    assert (await refused(family)).reason == "kind_stopped"


@pytest.mark.parametrize(
    ("differs", "item"),
    [
        ("DELETE FROM issuance.koseki_supplement_person WHERE position = 3", "koseki"),
        ("DELETE FROM issuance.koseki_member WHERE position = 4", "koseki"),
        ("UPDATE issuance.koseki_supplement_person SET removed = true WHERE position = 4", "koseki"),
        ("UPDATE issuance.koseki_supplement_person SET name = '足利　別人' WHERE position = 2", "koseki"),
        ("UPDATE issuance.koseki_supplement_person SET person_number = NULL WHERE position = 2", "koseki"),
        ("UPDATE issuance.koseki_supplement_person SET koseki_person_number = 'KPX' WHERE position = 3", "koseki"),
        ("DELETE FROM issuance.koseki WHERE koseki_number = 'K1'", "koseki"),
        ("UPDATE issuance.koseki_supplement_person SET birth_on = '1980-04-02' WHERE position = 1", "holder"),
        ("UPDATE issuance.koseki_supplement SET domicile = '栃木県足利市通二丁目１番地'", "holder"),
        ("UPDATE issuance.koseki_supplement SET first_registrant = '足利　別人'", "holder"),
        ("DELETE FROM issuance.koseki_supplement_address WHERE position = 3", "addresses"),
    ],
)
async def test_d1_3_one_that_is_not_what_koseki_and_record_say_refuses_and_is_listed(
    family: Fed, differs: str, item: str
) -> None:
    await family.sync.execute(differs)
    assert (await refused(family)).reason == "record_contradicts_itself"
    assert await held_back(family) == [("101", "data", f"koseki_supplement/{item}")]


async def test_o1_addresses_under_another_persons_name_are_caught_by_the_second_derivation(
    family: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = koseki_supplements.supplement_of

    async def with_addresses_exchanged(*arguments: Any) -> Any:
        supplement = await read(*arguments)
        assert supplement is not None
        first, second, gone, child = supplement.persons
        wrong = (first, replace(second, addresses=child.addresses), replace(gone, addresses=first.addresses), child)
        return replace(supplement, persons=wrong)

    monkeypatch.setattr(koseki_supplements, "supplement_of", with_addresses_exchanged)
    assert (await refused(family)).code is RefusalCode.CLOSED
    assert await family.city.rows("SELECT cause FROM issuance.quarantine") == [{"cause": "PersonDiffers"}]
    assert await family.city.rows("SELECT kind FROM issuance.service_stop") == [{"kind": "koseki_supplement"}]


async def test_what_cannot_be_printed_lists_the_holder_for_this_kind_alone(family: Fed) -> None:
    await family.sync.execute("UPDATE issuance.koseki_supplement_address SET address = E'\\ue000' WHERE position = 3")
    assert (await refused(family)).reason == "cannot_be_printed"
    assert await held_back(family) == [("101", "character", "koseki_supplement/person3.address1")]
    assert (await refused(family)).reason == "held_back"
    full = family.request(Kind.KOSEKI_FULL, await family.card("101"))
    assert (await family.city.issuing.issue(EVERY_KIND, full)).pages == 2


async def test_mis_06_many_addresses_go_on_over_pages_of_one_number(family: Fed) -> None:
    for order in range(2, 40):
        await move_to(family, "K1", 3, order, f"東京都千代田区永田町一丁目{order}番地")
    certificate = await issue(family)
    pages = pages_of(certificate.content)
    assert len(pages) == certificate.pages == 4
    for number, page in enumerate(pages, 1):
        assert certificate.issuance_number in page
        assert f"{number}/4" in page


async def test_promise_2_the_permit_waits_for_a_writer_of_the_supplement(family: Fed) -> None:
    request = family.request(KIND, await family.card("101"), persons="koseki")
    writing = family.sync.transaction()
    await writing.start()
    await move_to(family, "K1", 3, 2, BEFORE)
    asking = asyncio.create_task(family.city.issuing.issue(EVERY_KIND, request))
    admin = await family.city.database.connect()
    assert await waits_for_lock(admin, asking)
    await writing.commit()
    assert text_of((await asking).content).count(BEFORE) == 2


@pytest.mark.parametrize("source", ["koseki", "koseki_supplement"])
async def test_mis_08_a_koseki_in_doubt_refuses_before_and_meanwhile(
    family: Fed, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    doubt = "INSERT INTO issuance.source_doubt VALUES ($1, $2, 'K1', 'different', now())"
    await family.sync.execute(doubt, CITY, source)
    assert (await refused(family)).reason == "held_back"
    await family.sync.execute("DELETE FROM issuance.source_doubt")
    once_made(family.city, monkeypatch, lambda: family.sync.execute(doubt, CITY, source))
    assert (await refused(family)).reason == "held_back"
