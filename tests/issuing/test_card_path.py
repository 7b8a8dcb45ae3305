"""A card on a reader, through the real API: what is signed, by whom, for whom, and how often."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from cardauth import CardSignature, UserCertificate, UserCertificateKey, signed_message
from cardauth.challenges import LIFETIME
from issuance_db.credentials import revoke
from kiosk_server.issuing.request import SessionCredential, Terminal
from tests.cardauth.card.cards import jpki
from tests.cardauth.trust.authority import certificate, stranger
from tests.issuing.card_path import ELSEWHERE, HERE, CardPath, card_path, renew_card, sign
from tests.issuing.city import City
from tests.sync.registry_rows import CITY

NOT_IDENTIFIED = "not_identified"


@pytest.fixture
async def cards(ashikaga: City, tmp_path: Path) -> AsyncIterator[CardPath]:
    """A city that takes cards."""
    async with card_path(ashikaga, tmp_path) as made:
        yield made


async def test_a_card_gets_a_menu_and_its_session_a_certificate(cards: CardPath) -> None:
    card = await cards.give("101", 7001)
    menu = await cards.menu(await cards.signed(card))
    assert [person.name for person in menu.kinds[0].persons]
    certificate = await cards.front.issue(cards.issuance(SessionCredential(menu.session)))
    assert certificate.content.startswith(b"%PDF")


async def test_a_card_may_ask_for_a_certificate_without_a_menu(cards: CardPath) -> None:
    card = await cards.give("101", 7001)
    certificate = await cards.front.issue(cards.issuance(await cards.signed(card)))
    assert certificate.pages >= 1


async def test_a_challenge_is_good_for_one_request_and_for_that_one_again(cards: CardPath) -> None:
    card = await cards.give("101", 7001)
    request = cards.issuance(await cards.signed(card))
    first = await cards.front.issue(request)
    assert (await cards.front.issue(request)).content == first.content
    assert await cards.answer_to(replace(request, request_id="another")) == NOT_IDENTIFIED
    presented = request.credential
    assert isinstance(presented, CardSignature)
    assert await cards.answer_to(cards.menu_request(presented)) == NOT_IDENTIFIED
    assert await cards.reasons() == ["challenge_used"] * 2


async def test_the_same_id_in_the_other_call_is_another_request(cards: CardPath) -> None:
    card = await cards.give("101", 7001)
    presented = await cards.signed(card)
    menu = cards.menu_request(presented)
    assert await cards.answer_to(menu) == "ok"
    assert await cards.answer_to(replace(cards.issuance(presented), request_id=menu.request_id)) == NOT_IDENTIFIED


async def test_of_many_requests_with_one_challenge_at_once_one_passes(cards: CardPath) -> None:
    card = await cards.give("101", 7001)
    presented = await cards.signed(card)
    answers = await asyncio.gather(*(cards.answer_to(cards.menu_request(presented)) for _ in range(8)))
    assert sorted(answers) == [NOT_IDENTIFIED] * 7 + ["ok"]


async def test_a_challenge_lives_two_minutes_and_what_it_began_may_be_asked_again(cards: CardPath) -> None:
    card = await cards.give("101", 7001)
    late, used = await cards.signed(card), cards.issuance(await cards.signed(card))
    first = await cards.front.issue(used)
    cards.city.clock.now += LIFETIME
    assert await cards.answer_to(cards.menu_request(late)) == NOT_IDENTIFIED
    assert (await cards.front.issue(used)).content == first.content
    assert await cards.reasons() == ["challenge_expired"]


async def test_a_request_that_is_asked_again_may_bring_a_new_challenge(cards: CardPath) -> None:
    card = await cards.give("101", 7001)
    request = cards.issuance(await cards.signed(card))
    first = await cards.front.issue(request)
    again = replace(request, credential=await cards.signed(card))
    assert (await cards.front.issue(again)).content == first.content


@pytest.mark.parametrize(
    "terminal",
    [ELSEWHERE, Terminal("city", "branch", "kiosk-1"), Terminal("shop", "hall", "kiosk-1")],
    ids=["machine", "store", "operator"],
)
async def test_a_challenge_is_good_at_its_own_terminal_only(cards: CardPath, terminal: Terminal) -> None:
    card = await cards.give("101", 7001)
    challenge = (await cards.challenge(HERE)).challenge_id
    assert await cards.answer_to(cards.menu_request(sign(card, challenge, terminal), terminal)) == NOT_IDENTIFIED
    assert await cards.answer_to(cards.menu_request(sign(card, challenge, HERE), terminal)) == NOT_IDENTIFIED


async def test_a_challenge_is_good_for_its_own_caller_only(cards: CardPath) -> None:
    card = await cards.give("101", 7001)
    request = cards.menu_request(await cards.signed(card))
    assert await cards.answer_to(request, by=cards.other) == NOT_IDENTIFIED
    assert await cards.reasons() == ["challenge_of_other_caller_or_terminal"]


async def test_a_challenge_is_over_once_somebody_else_was_identified_at_the_terminal(cards: CardPath) -> None:
    first, second = await cards.give("101", 7001), await cards.give("102", 7002)
    left_lying = await cards.signed(first)
    cards.city.clock.advance(seconds=1)
    assert await cards.answer(second) == "ok"
    assert await cards.answer_to(cards.menu_request(left_lying)) == NOT_IDENTIFIED
    assert await cards.reasons() == ["challenge_over_next_person"]


@pytest.mark.parametrize("challenge", ["nothing", "A" * 200])
async def test_a_challenge_of_somebody_elses_making_is_none(cards: CardPath, challenge: str) -> None:
    card = await cards.give("101", 7001)
    assert await cards.answer_to(cards.menu_request(sign(card, challenge))) == NOT_IDENTIFIED


def _signed_wrong(how: str, presented: CardSignature, card_message: bytes) -> CardSignature:
    if how == "another card's certificate":
        return replace(presented, certificate=certificate(serial=7002, key="p384"))
    if how == "another challenge":
        return replace(presented, signature=presented.signature[::-1])
    if how == "no signature":
        return replace(presented, signature=bytes(256))
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return replace(presented, signature=key.sign(card_message, padding.PKCS1v15(), hashes.SHA256()))


@pytest.mark.parametrize("how", ["another card's certificate", "another challenge", "no signature", "another key"])
async def test_what_the_certificates_key_has_not_signed_identifies_nobody(cards: CardPath, how: str) -> None:
    card = await cards.give("101", 7001)
    await cards.give("102", 7002)
    presented = await cards.signed(card)
    wrong = _signed_wrong(how, presented, signed_message(CITY, HERE, presented.challenge_id))
    assert await cards.answer_to(cards.menu_request(wrong)) == NOT_IDENTIFIED
    assert await cards.reasons() == ["signature_wrong"]
    assert cards.authority.books.asked == []


async def test_a_card_of_a_stranger_with_the_same_name_key_id_and_serial_identifies_nobody(cards: CardPath) -> None:
    await cards.give("101", 7001)
    der = certificate(stranger(), serial=7001)
    card = cards.card(7001)
    presented = replace(await cards.signed(card), certificate=der)
    assert await cards.answer_to(cards.menu_request(presented)) == NOT_IDENTIFIED
    assert cards.authority.books.asked == []


async def test_a_card_that_the_city_does_not_know_is_not_identified(cards: CardPath) -> None:
    await cards.give("101", 7001)
    assert await cards.answer(cards.card(9999)) == NOT_IDENTIFIED
    assert await cards.reasons() == ["unknown_credential"]


async def test_the_same_serial_of_another_generation_is_nobody_here(cards: CardPath) -> None:
    await cards.give("101", 7001)
    card = cards.card(7001)
    older = replace(await cards.signed(card), certificate=certificate(jpki().generations[0], serial=7001))
    assert await cards.answer_to(cards.menu_request(older)) == NOT_IDENTIFIED
    assert await cards.reasons() == ["unknown_credential"]


async def test_a_certificate_revoked_by_its_issuer_identifies_nobody(cards: CardPath) -> None:
    card = await cards.give("101", 7001)
    cards.authority.books.revoked[jpki().current.key_id, 7001] = x509.ReasonFlags.superseded
    assert await cards.answer(card) == NOT_IDENTIFIED
    assert await cards.reasons() == ["certificate_revoked_by_issuer"]


async def test_without_revocation_information_nothing_is_decided_and_the_same_id_passes_later(cards: CardPath) -> None:
    card = await cards.give("101", 7001)
    books = cards.authority.books
    books.ocsp_works = books.crl_works = False
    request = cards.issuance(await cards.signed(card))
    assert await cards.answer_to(request) == "busy"
    books.ocsp_works = True
    assert await cards.answer_to(request) == "ok"


async def test_a_renewed_card_works_once_the_city_knows_its_serial_and_the_old_one_stops_at_once(
    cards: CardPath,
) -> None:
    old = await cards.give("101", 7001)
    assert await cards.answer(old) == "ok"
    renewed = cards.card(7002)
    assert await cards.answer(renewed) == NOT_IDENTIFIED
    await renew_card(cards, "101", 7002)
    assert await cards.answer(old) == NOT_IDENTIFIED
    assert await cards.answer(renewed) == "ok"


async def test_a_session_of_the_old_card_stops_with_it(cards: CardPath) -> None:
    old = await cards.give("101", 7001)
    session = SessionCredential((await cards.menu(await cards.signed(old))).session)
    await renew_card(cards, "101", 7002)
    assert await cards.answer_to(cards.issuance(session)) == NOT_IDENTIFIED


async def test_a_phone_stays_when_the_card_is_renewed(cards: CardPath) -> None:
    phone = await cards.give("101", 7005, "android")
    await cards.give("101", 7001)
    await renew_card(cards, "101", 7002)
    assert await cards.answer(phone) == "ok"
    assert await cards.answer(cards.card(7002)) == "ok"


async def test_each_of_a_persons_certificates_leads_to_the_same_person(cards: CardPath) -> None:
    menus = []
    for serial, bearer in ((7001, "card"), (7002, "android"), (7003, "iphone")):
        card = await cards.give("101", serial, bearer)
        menus.append(await cards.menu(await cards.signed(card)))
    assert len({tuple(person.name for person in menu.kinds[0].persons) for menu in menus}) == 1


async def test_a_card_of_tomorrow_is_not_identified_today(cards: CardPath) -> None:
    card = await cards.give("101", 7001, usable_from=cards.city.clock.now + timedelta(hours=1))
    assert await cards.answer(card) == NOT_IDENTIFIED
    cards.city.clock.advance(hours=1)
    assert await cards.answer(card) == "ok"


async def test_a_credential_that_staff_stopped_or_wrong_pins_locked_is_not_identified_by_card_either(
    cards: CardPath,
) -> None:
    locked = await cards.give("101", 7001)
    for pin in ("0000", "0001", "0002"):
        guess = cards.issuance(SessionCredential("replaced"))
        wrong = UserCertificate(jpki().current.key_id, "7001", pin)
        assert await cards.answer_to(replace(guess, credential=wrong)) == NOT_IDENTIFIED
    assert await cards.answer(locked) == NOT_IDENTIFIED
    stopped = await cards.give("102", 7002)
    staff = await cards.city.database.connect("staff", CITY)
    key = UserCertificateKey(jpki().current.key_id, "7002")
    async with staff.transaction():
        await revoke(staff, key, cards.city.clock.now)
    assert await cards.answer(stopped) == NOT_IDENTIFIED
    assert (await cards.reasons())[-2:] == ["locked", "credential_revoked"]


async def test_forged_signatures_stop_the_terminal_for_every_card_and_open_one_alert(cards: CardPath) -> None:
    card = await cards.give("101", 7001)
    budget = cards.city.environment.limits.terminal_failures
    forged = replace(await cards.signed(card), signature=bytes(256))
    answers = [await cards.answer_to(cards.menu_request(forged)) for _ in range(budget + 3)]
    assert answers == [NOT_IDENTIFIED] * budget + ["busy"] * 3
    assert await cards.answer(card) == "busy"
    assert await cards.answer(card, ELSEWHERE) == "ok"
    alerts = await cards.city.rows("SELECT cause, detail FROM history.alert")
    assert alerts == [{"cause": "guessing_stopped", "detail": "front / city / hall / kiosk-1"}]
    cards.city.clock.advance(minutes=10)
    assert await cards.answer(card) == "ok"


async def test_honest_mishaps_do_not_stop_a_terminal(cards: CardPath) -> None:
    card = await cards.give("101", 7001)
    for _ in range(cards.city.environment.limits.terminal_failures + 1):
        assert await cards.answer(cards.card(9999)) == NOT_IDENTIFIED
    assert await cards.answer(card) == "ok"


async def test_nothing_of_the_card_is_kept_but_its_key_and_keyed_hashes(cards: CardPath) -> None:
    serial = 70_017_001_700_170_017_001
    presented = await cards.signed(await cards.give("101", serial))
    await cards.menu(presented)
    held = "\n".join(
        [
            value.hex() if isinstance(value, bytes) else str(value)
            for table in ("session_use", "request", "terminal_turn", "failure_budget")
            for row in await cards.city.rows(f"SELECT * FROM issuance.{table}")
            for value in row.values()
        ]
    )
    assert "menus/menu-1" in held
    for text in (presented.challenge_id, str(serial)):
        assert text not in held
        assert text.encode().hex() not in held
    for content in (presented.signature, presented.certificate, serial.to_bytes(9)):
        assert content.hex() not in held
