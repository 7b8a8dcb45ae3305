"""One certificate from the request to the books, on the real database, keys and paper."""

import asyncio
import hashlib

import pytest

import pdf
from cardauth import UserCertificate
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import ResidentRecordOptions
from tests.issuing.city import CENTRE, City
from tests.issuing.read_pdf import pages_of, text_of


async def refused(city: City, credential: UserCertificate, **changes: object) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await city.issuing.issue(CENTRE, city.request(credential, **changes))
    return caught.value


async def test_whole_household_is_on_the_paper_and_in_the_books(ashikaga: City) -> None:
    card = await ashikaga.credential("102", "7001")
    certificate = await ashikaga.issuing.issue(CENTRE, ashikaga.request(card))
    text = text_of(certificate.content)
    assert all(f"足利　{number}" in text for number in ("101", "102", "103"))
    assert certificate.issuance_number in text
    [row] = await ashikaga.rows("SELECT * FROM history.issuance")
    assert row["issuance_number"] == certificate.issuance_number
    assert row["file_digest"] == hashlib.sha256(certificate.content).digest()
    subjects = await ashikaga.rows("SELECT person_number, asked_by FROM history.issuance_subject ORDER BY position")
    assert [(subject["person_number"], subject["asked_by"]) for subject in subjects] == [
        ("101", False),
        ("102", True),
        ("103", False),
    ]


async def test_steps_are_chained_and_whole(ashikaga: City) -> None:
    card = await ashikaga.credential("101", "7001")
    await ashikaga.issuing.issue(CENTRE, ashikaga.request(card))
    steps = await ashikaga.rows("SELECT step, state, previous_digest, digest FROM history.transition ORDER BY step")
    assert [step["state"] for step in steps] == ["accepted", "proposed", "permitted", "answered"]
    assert [step["previous_digest"] for step in steps[1:]] == [step["digest"] for step in steps[:-1]]


async def test_self_shows_nobody_else(ashikaga: City) -> None:
    card = await ashikaga.credential("102", "7001")
    certificate = await ashikaga.issuing.issue(CENTRE, ashikaga.request(card, persons="self"))
    text = text_of(certificate.content)
    assert "足利　102" in text
    assert "足利　103" not in text
    assert "世帯全員" not in text


async def test_five_persons_take_two_pages_with_the_number_on_each(ashikaga: City) -> None:
    await ashikaga.registry.family("901", "201", "202", "203", "204", "205")
    await ashikaga.project()
    card = await ashikaga.credential("201", "7002")
    certificate = await ashikaga.issuing.issue(CENTRE, ashikaga.request(card))
    pages = pages_of(certificate.content)
    assert certificate.pages == len(pages) == 2
    assert all(certificate.issuance_number in page for page in pages)
    assert ["証明する" in page for page in pages] == [False, True]


async def test_signature_holds_and_names_the_issuance(ashikaga: City) -> None:
    card = await ashikaga.credential("101", "7001")
    certificate = await ashikaga.issuing.issue(CENTRE, ashikaga.request(card))
    root = ashikaga.environment.keys.document_signer().chain_der[-1]
    found = await asyncio.to_thread(pdf.verify, certificate.content, [root])
    assert found.intact
    assert found.trusted
    assert found.issuance_number == certificate.issuance_number


async def test_wrong_pin_is_not_identified_and_writes_nothing_but_the_refusal(ashikaga: City) -> None:
    await ashikaga.credential("101", "7001")
    refusal = await refused(ashikaga, UserCertificate("1ac100f5", "7001", "9999"))
    assert refusal.code is RefusalCode.NOT_IDENTIFIED
    assert await ashikaga.rows("SELECT FROM issuance.intent") == []
    assert await ashikaga.rows("SELECT FROM history.issuance") == []


async def test_suppressed_person_is_refused_with_the_reason_for_staff_only(ashikaga: City) -> None:
    card = await ashikaga.credential("101", "7001")
    staff = await ashikaga.database.connect("staff", "092029")
    await staff.execute(
        "INSERT INTO issuance.suppression (municipality_code, person_number, source) VALUES ('092029', '103', 'staff')"
    )
    refusal = await refused(ashikaga, card)
    assert (refusal.code, refusal.reason) == (RefusalCode.NOT_AVAILABLE, "suppressed")


async def test_mis_17_planned_move_out_of_one_stops_the_household(ashikaga: City) -> None:
    card = await ashikaga.credential("101", "7001")
    await ashikaga.registry.person("103", state="planned_mover")
    await ashikaga.registry.household("900", "101")
    await ashikaga.project()
    refusal = await refused(ashikaga, card, persons="self")
    assert (refusal.code, refusal.reason) == (RefusalCode.NOT_AVAILABLE, "planned_move_out")


async def test_promise_2_record_behind_the_registry_is_not_fresh(ashikaga: City) -> None:
    card = await ashikaga.credential("101", "7001")
    await ashikaga.registry.person("103", name="足利　改名")

    async def time_passes() -> None:
        while True:
            await asyncio.sleep(0.01)
            ashikaga.clock.advance(seconds=1)

    passing = asyncio.create_task(time_passes())
    refusal = await refused(ashikaga, card)
    passing.cancel()
    assert refusal.code is RefusalCode.NOT_FRESH
    assert await ashikaga.rows("SELECT FROM history.issuance") == []


async def test_promise_2_a_change_that_arrives_meanwhile_is_on_the_paper(ashikaga: City) -> None:
    card = await ashikaga.credential("101", "7001")
    await ashikaga.registry.person("103", name="足利　改名")
    asking = asyncio.create_task(ashikaga.issuing.issue(CENTRE, ashikaga.request(card)))
    await ashikaga.project()
    certificate = await asking
    assert "足利　改名" in text_of(certificate.content)
    assert "足利　103" not in text_of(certificate.content)


async def test_closed_outside_service_hours_is_not_final(ashikaga: City) -> None:
    card = await ashikaga.credential("101", "7001")
    request = ashikaga.request(card)
    ashikaga.clock.advance(hours=12)
    with pytest.raises(Refusal) as caught:
        await ashikaga.issuing.issue(CENTRE, request)
    assert caught.value.code is RefusalCode.CLOSED
    ashikaga.clock.advance(hours=12)
    certificate = await ashikaga.issuing.issue(CENTRE, request)
    assert certificate.pages == 1


async def test_mis_15_no_certificate_without_a_mayor_or_a_seal_of_the_day(ashikaga: City) -> None:
    card = await ashikaga.credential("101", "7001")
    staff = await ashikaga.database.connect("staff", "092029")
    await staff.execute("UPDATE issuance.official_seal SET valid_until = '2026-11-22'")
    refusal = await refused(ashikaga, card)
    assert refusal.reason == "city_setting_missing_seal_image"


async def test_under_fifteen_is_refused(ashikaga: City) -> None:
    card = await ashikaga.credential("103", "7001")
    await ashikaga.registry.person("103", birth_on=ashikaga.clock.now.date().replace(year=2011, day=24))
    await ashikaga.registry.household("900", "101")
    await ashikaga.project()
    assert (await refused(ashikaga, card)).reason == "under_age"


async def test_person_that_cannot_be_drawn_is_refused_and_listed_for_staff(ashikaga: City) -> None:
    card = await ashikaga.credential("101", "7001")
    await ashikaga.registry.person("103", name="足利　辻\U000e01ef")
    await ashikaga.registry.household("900", "101")
    await ashikaga.project()
    refusal = await refused(ashikaga, card)
    assert (refusal.code, refusal.reason) == (RefusalCode.NOT_AVAILABLE, "cannot_be_printed")
    [listed] = await ashikaga.rows("SELECT person_number, cause, item FROM issuance.person_held_back")
    assert (listed["person_number"], listed["cause"]) == ("103", "character")
    assert (await refused(ashikaga, card)).reason == "held_back"


async def test_head_by_name_only_counts_as_on_the_paper(ashikaga: City) -> None:
    card = await ashikaga.credential("102", "7001")
    staff = await ashikaga.database.connect("staff", "092029")
    await staff.execute(
        "INSERT INTO issuance.suppression (municipality_code, person_number, source) VALUES ('092029', '101', 'staff')"
    )
    options = ResidentRecordOptions(relationship=True)
    assert (await refused(ashikaga, card, persons="self", options=options)).reason == "suppressed"
    certificate = await ashikaga.issuing.issue(CENTRE, ashikaga.request(card, persons="self"))
    assert "足利　101" not in text_of(certificate.content)


async def test_f6_017_my_number_is_printed_only_when_chosen_and_each_read_is_logged(ashikaga: City) -> None:
    card = await ashikaga.credential("101", "7001")
    await ashikaga.issuing.issue(CENTRE, ashikaga.request(card))
    assert await ashikaga.rows("SELECT FROM history.my_number_read") == []
    options = ResidentRecordOptions(my_number=True)
    await ashikaga.issuing.issue(CENTRE, ashikaga.request(card, options=options))
    reads = await ashikaga.rows(
        "SELECT person_number, purpose, allowed FROM history.my_number_read ORDER BY person_number"
    )
    assert [(read["person_number"], read["allowed"]) for read in reads] == [("101", True), ("102", True), ("103", True)]


async def test_f6_017_my_number_refused_by_the_city_is_logged_too(ashikaga: City) -> None:
    card = await ashikaga.credential("101", "7001")
    admin = await ashikaga.database.connect("postgres", "092029")
    await admin.execute("UPDATE issuance.municipality SET my_number_allowed = false")
    refusal = await refused(ashikaga, card, options=ResidentRecordOptions(my_number=True))
    assert refusal.code is RefusalCode.NOT_AVAILABLE
    [read] = await ashikaga.rows("SELECT person_number, allowed FROM history.my_number_read")
    assert (read["person_number"], read["allowed"]) == ("101", False)
