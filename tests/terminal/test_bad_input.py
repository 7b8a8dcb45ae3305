"""What goes wrong at a terminal, step by step: card, service, money, and a client that does not keep to the page."""

from pathlib import Path

import pytest

from kiosk_server.demo.virtual_card import MemoryCounter, VirtualCard
from kiosk_server.terminal.flow import BY_PERSON, Step
from kiosk_server.terminal.journal import unsettled
from kiosk_server.web.client import CentreUnreachable
from tests.terminal.bench import PIN, RACK, FakePrinter, terminal
from tests.terminal.city import FakeService


def card_and_counter(tries: int) -> tuple[VirtualCard, MemoryCounter]:
    counter = MemoryCounter()
    counter.write(tries)
    return VirtualCard(RACK.card(0).contents, counter), counter


async def test_a_card_pulled_at_the_last_try_gives_no_word_for_the_next_one(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService()) as bench:
        await bench.place(card_and_counter(1)[0], Step.LAST_TRY)
        bench.reader.take()
        await bench.until(Step.CARD)
        card, counter = card_and_counter(1)
        bench.reader.place(card)
        await bench.until(Step.LAST_TRY)
        assert bench.machine.visit.last_try is None
        bench.does("next", pin=PIN)
        assert bench.step is Step.PIN
        assert counter.read() == 1


async def test_without_a_challenge_the_pin_does_not_go_to_the_card(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService(trouble_of_challenges=[CentreUnreachable()])) as bench:
        card, _ = card_and_counter(3)
        await bench.place(card)
        answered = card.answered
        bench.does("next", pin=PIN)
        await bench.until(Step.REFUSED)
        assert (bench.machine.visit.reason, bench.machine.visit.may_try_again) == ("unreachable", True)
        assert (card.answered, bench.service.asked) == (answered, [])


@pytest.mark.parametrize("printed", [0, 1])
async def test_a_service_that_is_gone_after_the_payment_gives_back_what_was_not_printed(
    tmp_path: Path, printed: int
) -> None:
    service, printer = FakeService(), FakePrinter()
    async with terminal(tmp_path, service, printer) as bench:
        await bench.to_pay(copies=2)
        gone = [CentreUnreachable()] * 3
        if printed:
            printer.after_printing = lambda: service.trouble.extend(gone)
        else:
            service.trouble.extend(gone)
        bench.payment.insert(500)
        await bench.until(Step.REFUSED)
        assert (bench.machine.visit.reason, bench.machine.visit.money_back) == ("unreachable", 400 - 200 * printed)
        assert not bench.machine.visit.may_try_again
        assert (len(printer.printed), len(printer.receipts), bench.payment.kept) == (printed, printed, 200 * printed)
    assert unsettled(bench.path) == {}


@pytest.mark.parametrize("action", [*sorted(BY_PERSON - {"back", "stop"}), "paid", "issued", "identified", "pay", ""])
async def test_a_client_that_skips_the_payment_gets_no_further(tmp_path: Path, action: str) -> None:
    async with terminal(tmp_path, FakeService(), user_id=True) as bench:
        await bench.to_pay()
        for _ in range(3):
            bench.does(action, pin=PIN, kind="tax_income", copies="5", user_id="somebody", language="ja")
        assert bench.step is Step.PAY
        assert (bench.machine.visit.fee_yen, bench.service.issued()) == (200, [])
        bench.payment.insert(200)
        await bench.until(Step.TAKE)
        assert len(bench.printer.printed) == 1
