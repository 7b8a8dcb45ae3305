"""A person at the machine: the whole way, every way off it, and what is left of them afterwards."""

import asyncio
import gc
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cardauth import CardSignature, signed_message
from cardauth.card.schemes import signature_is_good
from cardauth.certificate import read_certificate
from kiosk_server.demo.virtual_card import Behaviour, MemoryCounter, VirtualCard
from kiosk_server.issuing.request import ResidentRecordOptions, SessionCredential
from kiosk_server.terminal.demo_desk import CardRack, SampleCard
from kiosk_server.terminal.flow import Step
from kiosk_server.terminal.journal import unsettled
from kiosk_server.terminal.machine import Pace
from kiosk_server.terminal.reader import Sight
from kiosk_server.terminal.visit import Visit
from kiosk_server.terminal.words import catalogue
from kiosk_server.web.client import AnswerBroken, CentreUnreachable
from tests.terminal.bench import ISSUER, PIN, RACK, FakePrinter, terminal
from tests.terminal.city import MENU, NOW, FakeService, problem


async def test_two_copies_are_two_requests_two_numbers_and_two_outcomes(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService()) as bench:
        await bench.to_pay(copies=2)
        bench.payment.insert(500)
        await bench.until(Step.TAKE)
        first, second = bench.service.issued()
        assert first.request_id != second.request_id
        assert first.credential == second.credential == SessionCredential("sealed-session")
        assert first.persons == "household"
        assert first.options == ResidentRecordOptions(relationship=True)
        assert [title for _, title in bench.printer.printed] == ["20261126-01-00000001-0", "20261126-01-00000002-0"]
        assert bench.payment.kept == 400
        assert bench.payment.in_the_tray == 100
        await bench.see(lambda: len(bench.service.outcomes) == 2)
    assert bench.service.outcomes == [(f"20261126-01-0000000{n}-0", "printed", True) for n in (1, 2)]
    assert unsettled(bench.path) == {}


async def test_the_card_signs_the_challenge_of_this_place_and_the_pin_goes_nowhere_else(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService()) as bench:
        await bench.identify()
        (asked,) = bench.service.asked
        signed = asked.credential
        assert isinstance(signed, CardSignature)
        assert signed.challenge_id == "challenge-1"
        certificate = read_certificate(signed.certificate)
        assert (certificate.serial, certificate.authority_key_id) == ("123456789", ISSUER)
        message = signed_message("092029", asked.terminal, "challenge-1")
        assert signature_is_good(certificate.public_key, signed.signature, message)
        assert PIN not in repr(asked)
        assert RACK.card(0).violations == []


def card_with(tries: int, pin: str | None = PIN, **behaviour: Any) -> VirtualCard:
    """A card with so many tries left."""
    contents = replace(RACK.card(0).contents, pin=pin)
    return VirtualCard(contents, MemoryCounter(tries), Behaviour(**behaviour))


async def test_a_wrong_pin_says_how_many_tries_are_left_and_the_last_one_needs_a_word(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService()) as bench:
        card = card_with(3)
        await bench.place(card)
        bench.does("next", pin="0000")
        await bench.see(lambda: bench.machine.visit.tries_left == 2)
        await bench.until(Step.PIN)
        bench.does("next", pin="0001")
        await bench.until(Step.LAST_TRY)
        bench.does("next")
        assert bench.step is Step.PIN
        bench.does("next", pin=PIN)
        await bench.until(Step.REMOVE_CARD)
        assert card.violations == []
        assert len(bench.service.asked) == 1


async def test_three_wrong_pins_lock_the_card_and_nothing_more_is_sent_to_it(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService()) as bench:
        card = card_with(1)
        await bench.place(card, Step.LAST_TRY)
        bench.does("next")
        bench.does("next", pin="0000")
        await bench.until(Step.REFUSED)
        assert (bench.machine.visit.reason, bench.machine.visit.may_try_again) == ("card_locked", False)
        bench.does("stop")
        bench.reader.take()
        await bench.until(Step.LANGUAGE)
        await bench.place(card, Step.REFUSED)
        assert bench.machine.visit.reason == "card_locked"
        assert card.violations == []
        assert bench.service.asked == []


@pytest.mark.parametrize(
    ("contents", "reason"),
    [
        ({"label": "JPKIAPICCTOKEN"}, "old_card"),
        ({"label": "JPKIAPGPSETOKEN"}, "phone"),
        ({"label": "SOMETHING"}, "not_this_card"),
        ({"pin": None}, "pinless"),
        ({"certificate": b"\x30\x03\x02\x01\x01"}, "card_fault"),
    ],
)
async def test_another_card_is_refused_by_name_without_a_pin(
    tmp_path: Path, contents: dict[str, Any], reason: str
) -> None:
    async with terminal(tmp_path, FakeService()) as bench:
        await bench.place(VirtualCard(replace(RACK.card(0).contents, **contents), MemoryCounter()), Step.REFUSED)
        assert bench.machine.visit.reason == reason
        assert bench.service.challenged == []


async def test_a_card_changed_for_another_while_the_pin_is_typed_gets_no_pin(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService(), pace=Pace(watch=0.3)) as bench:
        await bench.place(RACK.card(0))
        other = CardRack([SampleCard("見本 花子", "987654321", PIN)], RACK._authority, NOW).card(0)
        bench.reader.place(other)
        bench.does("next", pin=PIN)
        await bench.see(lambda: bench.step in {Step.CARD, Step.READING})
        await bench.until(Step.PIN)
        assert bench.service.asked == []


async def test_a_card_pulled_at_any_command_leads_back_to_placing_it(tmp_path: Path) -> None:
    whole = card_with(3)
    async with terminal(tmp_path, FakeService()) as bench:
        await bench.place(whole)
        bench.does("next", pin=PIN)
        await bench.until(Step.REMOVE_CARD)
    for commands in range(whole.answered):
        await pulled_after(tmp_path, commands)


async def pulled_after(directory: Path, commands: int) -> None:
    """A card that is gone once it has answered so many commands."""
    async with terminal(directory, FakeService()) as bench:
        bench.does("next", language="en")
        card = card_with(3, removed_after=commands)
        bench.reader.place(card)
        await bench.see(lambda: card.answered == commands or bench.step is Step.PIN)
        bench.does("next", pin=PIN)
        await bench.see(lambda: card.answered == commands)
        bench.reader.take()
        await bench.until(Step.CARD)
        assert bench.service.asked == []
        assert card.violations == []


async def test_nothing_of_a_person_is_left_after_the_end(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService()) as bench:
        await bench.to_pay()
        visit = bench.machine.visit
        bench.payment.hold_card()
        await bench.until(Step.TAKE)
        bench.does("stop")
        assert bench.step is Step.LANGUAGE
        assert (visit.certificate, visit.menu, visit.kind, visit.document, visit.persons) == (
            None,
            None,
            None,
            None,
            (),
        )
        assert bench.machine.visit.language == "ja"
        del visit
        bench.printer.printed.clear()
        bench.service.asked.clear()
        gc.collect()
        assert [one for one in gc.get_objects() if isinstance(one, Visit) and one.certificate] == []
    assert "見本" not in bench.path.read_text(encoding="utf-8")
    assert "123456789" not in bench.path.read_text(encoding="utf-8")


async def test_a_stop_at_the_pin_keeps_reminding_until_the_card_is_gone(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService()) as bench:
        await bench.place(RACK.card(0))
        bench.does("stop")
        assert bench.step is Step.CARD_LEFT
        assert bench.machine.visit.certificate is None
        bench.does("stop")
        assert bench.step is Step.CARD_LEFT
        bench.reader.take()
        await bench.until(Step.LANGUAGE)


async def test_a_card_pulled_before_the_pin_starts_the_reading_anew(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService()) as bench:
        await bench.place(RACK.card(0))
        bench.reader.take()
        await bench.until(Step.CARD)


async def test_an_old_page_a_second_tap_and_a_foreign_token_change_nothing(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService()) as bench:
        await bench.identify()
        token = bench.machine.token
        bench.machine.act(token, "next", {"kind": ["resident_record"]})
        assert bench.step is Step.PERSONS
        bench.machine.act(token, "next", {"kind": ["seal_registration"]})
        bench.machine.act("", "stop")
        bench.machine.act("guess", "stop")
        assert bench.step is Step.PERSONS


@pytest.mark.parametrize(
    "fields",
    [{"kind": "my_secret"}, {"kind": ["resident_record", "seal_registration"]}, {}],
    ids=["unknown", "twice", "none"],
)
async def test_what_the_menu_does_not_offer_is_not_chosen(tmp_path: Path, fields: dict[str, str]) -> None:
    async with terminal(tmp_path, FakeService()) as bench:
        await bench.identify()
        bench.does("next", **fields)
        assert bench.step is Step.KIND


async def test_persons_options_and_copies_are_only_those_offered(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService()) as bench:
        await bench.identify()
        bench.does("next", kind="resident_record")
        for persons in ([], ["ref-3"], ["ref-1", "ref-3"]):
            bench.does("next", person=persons)
            assert bench.step is Step.PERSONS
            assert catalogue("en")["persons.none"] in bench.drawn()
            assert " checked" not in bench.drawn()
        bench.does("next", person=["ref-2"])
        bench.does("next", option=["my_number"])
        assert bench.machine.visit.options == frozenset()
        bench.does("next")
        for copies in ("0", "6", "-1", "", "1.5", "二"):
            bench.does("next", copies=copies)
            assert bench.step is Step.COPIES


async def test_one_person_of_two_is_asked_for_by_reference_and_a_year_by_its_choice(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService()) as bench:
        await bench.identify()
        bench.does("next", kind="resident_record")
        bench.does("next", person=["ref-2"])
        for _ in range(2):
            bench.does("back")
        bench.does("next", kind="tax_income")
        bench.does("next", choice="2025")
        bench.does("next", copies="1")
        bench.does("next")
        await bench.until(Step.TAKE)
        (asked,) = bench.service.issued()
        assert (asked.kind, asked.persons, asked.choice) == ("tax_income", "self", "2025")
    assert [line["what"] for line in bench.books()] == ["issued", "print_ended", "reported"]


@pytest.mark.parametrize("scope", ["koseki", "self"])
async def test_a_supplement_is_of_everyone_or_of_the_holder_alone(tmp_path: Path, scope: str) -> None:
    async with terminal(tmp_path, FakeService()) as bench:
        await bench.identify()
        bench.does("next", kind="koseki_supplement")
        bench.does("next", scope="household")
        assert bench.step is Step.PERSONS
        bench.does("next", scope=scope)
        bench.does("next", option=["domicile"])
        bench.does("next", copies="1")
        bench.does("next")
        await bench.see(lambda: bench.payment._done is not None)
        bench.payment.hold_card()
        await bench.until(Step.TAKE)
        (asked,) = bench.service.issued()
        assert (asked.persons, asked.options) == (scope, ResidentRecordOptions(domicile=True))


@pytest.mark.parametrize(
    ("trouble", "reason", "again"),
    [
        (problem("not_identified", 401), "not_identified", False),
        (problem("not_available"), "not_available", False),
        (problem("closed"), "closed", False),
        (problem("timed_out", 503), "busy", True),
        (problem("something_new", 500), "fault", False),
        (CentreUnreachable(), "unreachable", True),
        (AnswerBroken(), "fault", False),
    ],
)
async def test_a_refused_menu_says_a_neutral_reason(
    tmp_path: Path, trouble: Exception, reason: str, *, again: bool
) -> None:
    async with terminal(tmp_path, FakeService(trouble=[trouble])) as bench:
        await bench.place(RACK.card(0))
        bench.does("next", pin=PIN)
        await bench.until(Step.REFUSED)
        assert (bench.machine.visit.reason, bench.machine.visit.may_try_again) == (reason, again)
        bench.does("again")
        await bench.until(Step.PIN if again else Step.REFUSED)


@pytest.mark.parametrize("pin", ["", "471", "47111", "abcd"])
async def test_a_malformed_pin_is_never_sent_to_the_card(tmp_path: Path, pin: str) -> None:
    async with terminal(tmp_path, FakeService()) as bench:
        card = card_with(3)
        await bench.place(card)
        answered, turn = card.answered, bench.machine.turn
        bench.does("next", pin=pin)
        await bench.see(lambda: bench.machine.turn == turn + 2)
        assert bench.step is Step.PIN
        assert (card.answered, bench.service.challenged) == (answered, [])


async def test_a_lost_answer_is_asked_for_again_under_the_same_id(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService()) as bench:
        await bench.to_pay()
        bench.service.trouble += [CentreUnreachable(), AnswerBroken()]
        bench.payment.hold_card()
        await bench.until(Step.TAKE)
        assert len({one.request_id for one in bench.service.issued()}) == 1
        assert len(bench.service.issued()) == 3
        assert len(bench.printer.printed) == 1


async def test_nobody_is_asked_for_a_card_by_a_machine_that_cannot_print(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService(), FakePrinter(ready=False)) as bench:
        bench.does("next", language="en")
        await bench.until(Step.REFUSED)
        assert bench.machine.visit.reason == "printer"


async def test_a_page_left_open_is_wiped_when_the_time_is_over(tmp_path: Path) -> None:
    now = [1000.0]
    async with terminal(tmp_path, FakeService(), pace=Pace(watch=0.01, monotonic=lambda: now[0])) as bench:
        await bench.to_pay()
        bench.payment.insert(100)
        now[0] += 119
        bench.machine.touch()
        now[0] += 119
        assert bench.machine.idle_left() == 1
        assert bench.step is Step.PAY
        now[0] += 2
        await bench.until(Step.LANGUAGE)
        await bench.see(lambda: bench.payment.in_the_tray == 100)
        assert bench.machine.visit.menu is None


async def test_a_page_left_open_is_wiped_even_while_the_reader_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> Sight:
        raise OSError("the driver's own")

    now = [1000.0]
    async with terminal(tmp_path, FakeService(), pace=Pace(watch=0.01, monotonic=lambda: now[0])) as bench:
        await bench.to_pay()
        monkeypatch.setattr(bench.reader, "sees", fail)
        await asyncio.sleep(0.05)
        now[0] += 121
        await bench.until(Step.LANGUAGE)
        assert bench.machine.visit.menu is None


async def test_a_look_that_nobody_began_with_is_put_back_and_one_that_somebody_began_with_stays(tmp_path: Path) -> None:
    now = [1000.0]
    async with terminal(tmp_path, FakeService(), pace=Pace(watch=0.01, monotonic=lambda: now[0])) as bench:
        bench.does("look", look=["large", "speech"])
        now[0] += 59
        turn = bench.machine.turn
        await asyncio.sleep(0.05)
        assert bench.machine.turn == turn
        assert bench.machine.visit.looks == {"large", "speech"}
        now[0] += 1
        await bench.see(lambda: bench.machine.turn > turn)
        assert bench.machine.visit.looks == frozenset()
        bench.does("look", look=["large"])
        bench.does("next", language="en")
        now[0] += 59
        await asyncio.sleep(0.05)
        assert bench.machine.visit.looks == {"large"}


async def test_another_certificate_needs_no_second_pin_while_the_session_lasts(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService()) as bench:
        await bench.to_pay(copies=4)
        bench.payment.hold_card()
        await bench.until(Step.TAKE)
        bench.does("again")
        bench.does("next", kind="seal_registration")
        assert bench.machine.visit.most_copies == 1
        bench.does("next", copies="1")
        bench.does("next")
        await bench.see(lambda: bench.payment._done is not None)
        bench.payment.hold_card()
        await bench.until(Step.TAKE)
        bench.does("again")
        assert bench.step is Step.TAKE
        assert len(bench.service.issued()) == MENU.session_issuances
