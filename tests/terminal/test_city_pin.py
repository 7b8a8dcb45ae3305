"""A terminal where the city's 暗証番号 is typed, and one that takes no money."""

from dataclasses import replace
from pathlib import Path

import pytest

from cardauth import UserCertificate
from kiosk_server.demo.virtual_card import MemoryCounter, VirtualCard
from kiosk_server.terminal.flow import Step
from kiosk_server.terminal.payment import NoPayment
from tests.terminal.bench import ISSUER, PIN, RACK, terminal
from tests.terminal.city import MENU, RECORD, FakeService, problem


async def test_the_pin_of_the_city_goes_to_the_service_with_the_serial_and_not_to_the_card(tmp_path: Path) -> None:
    card = VirtualCard(RACK.card(0).contents, MemoryCounter(1))
    async with terminal(tmp_path, FakeService(), pin="city") as bench:
        await bench.place(card)
        answered = card.answered
        bench.does("next", pin="2580")
        await bench.until(Step.REMOVE_CARD)
        (asked,) = bench.service.asked
        assert asked.credential == UserCertificate(ISSUER, "123456789", "2580")
        assert (card.answered, card.violations) == (answered, [])
        assert bench.service.challenged == []


@pytest.mark.parametrize("pin", [None, PIN])
async def test_a_card_without_a_pin_or_locked_serves_where_its_own_pin_is_not_asked(
    tmp_path: Path, pin: str | None
) -> None:
    card = VirtualCard(replace(RACK.card(0).contents, pin=pin), MemoryCounter(0))
    async with terminal(tmp_path, FakeService(), pin="city") as bench:
        await bench.place(card)
        bench.does("next", pin="2580")
        await bench.until(Step.REMOVE_CARD)


async def test_a_pin_that_the_city_does_not_know_is_a_neutral_no_and_may_be_typed_again(tmp_path: Path) -> None:
    service = FakeService(trouble=[problem("not_identified", 401)])
    async with terminal(tmp_path, service, pin="city") as bench:
        await bench.place(RACK.card(0))
        bench.does("next", pin="0000")
        await bench.until(Step.REFUSED)
        assert (bench.machine.visit.reason, bench.machine.visit.may_try_again) == ("city_pin", True)
        bench.does("again")
        await bench.until(Step.PIN)
        bench.does("next", pin="2580")
        await bench.until(Step.REMOVE_CARD)


@pytest.mark.parametrize("pin", ["", "258", "25800", "abcd", "２５８０"])
async def test_a_malformed_pin_is_not_sent_to_the_service(tmp_path: Path, pin: str) -> None:
    async with terminal(tmp_path, FakeService(), pin="city") as bench:
        await bench.place(RACK.card(0))
        turn = bench.machine.turn
        bench.does("next", pin=pin)
        await bench.see(lambda: bench.machine.turn == turn + 2)
        assert (bench.step, bench.service.asked) == (Step.PIN, [])


async def test_a_card_pulled_while_the_city_is_asked_goes_on(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService(), pin="city") as bench:
        await bench.place(RACK.card(0))
        bench.does("next", pin="2580")
        bench.reader.take()
        await bench.until(Step.KIND)


async def test_without_a_payment_device_only_what_is_free_is_offered_and_no_money_is_on_the_books(
    tmp_path: Path,
) -> None:
    async with terminal(tmp_path, FakeService(), no_payment=NoPayment()) as bench:
        await bench.identify()
        for paid in ("resident_record", "seal_registration"):
            bench.does("next", kind=paid)
            assert bench.step is Step.KIND
        bench.does("next", kind="tax_income")
        bench.does("next", choice="2026")
        bench.does("next", copies="2")
        bench.does("next")
        await bench.until(Step.TAKE)
        assert [line["what"] for line in bench.books() if line.get("yen")] == []


async def test_whoever_could_have_nothing_free_is_told_so_before_choosing(tmp_path: Path) -> None:
    service = FakeService(replace(MENU, kinds=(RECORD,)))
    async with terminal(tmp_path, service, no_payment=NoPayment()) as bench:
        await bench.place(RACK.card(0))
        bench.does("next", pin=PIN)
        await bench.until(Step.REFUSED)
        assert (bench.machine.visit.reason, bench.machine.visit.may_try_again) == ("no_money", False)
