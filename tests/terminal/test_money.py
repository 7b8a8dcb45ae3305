"""Money at the machine: what was paid is printed, given back, or with staff, and the books and the city hear of it."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk_server.terminal.flow import Step
from kiosk_server.terminal.journal import Journal, unreported, unsettled
from kiosk_server.terminal.printer import PrintEnd
from kiosk_server.web.client import AnswerBroken, CentreUnreachable
from tests.terminal.bench import PIN, RACK, Bench, FakePrinter, terminal
from tests.terminal.city import DOCUMENT, MENU, NOW, FakeService, problem


@pytest.mark.parametrize("way", ["back", "stop"])
async def test_coins_come_back_when_the_person_thinks_better_of_it(tmp_path: Path, way: str) -> None:
    async with terminal(tmp_path, FakeService()) as bench:
        await bench.to_pay()
        bench.payment.insert(100)
        bench.does(way)
        assert bench.step is (Step.CONFIRM if way == "back" else Step.LANGUAGE)
        await bench.see(lambda: bench.payment.in_the_tray == 100)
        assert bench.payment.kept == 0
    assert bench.books() == []
    assert bench.service.issued() == []


async def test_a_stop_in_the_very_moment_of_the_last_coin_keeps_no_money(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService()) as bench:
        await bench.to_pay()
        bench.payment.insert(200)
        bench.does("stop")
        await bench.see(lambda: bench.payment.in_the_tray == 200)
        assert bench.payment.kept == 0
    assert unsettled(bench.path) == {}


async def test_coins_that_nobody_asked_for_fall_through(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService()) as bench:
        bench.payment.insert(500)
        assert (bench.payment.in_the_tray, bench.payment.kept) == (500, 0)


async def test_paid_and_not_issued_is_given_back_and_in_the_books(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService()) as bench:
        await bench.to_pay(copies=3)
        bench.service.trouble += [problem("not_available")]
        bench.payment.hold_card()
        await bench.until(Step.REFUSED)
        assert bench.machine.visit.money_back == bench.payment.in_the_tray == 600
        assert not bench.machine.visit.may_try_again
    assert [line["what"] for line in bench.books()] == ["collected", "not_issued", "given_back"]
    assert unsettled(bench.path) == {}


@pytest.mark.parametrize("end", [PrintEnd.OUT_OF_PAPER, PrintEnd.JAMMED, PrintEnd.REFUSED])
async def test_what_certainly_did_not_come_out_is_given_back_and_never_printed_again(
    tmp_path: Path, end: PrintEnd
) -> None:
    printer = FakePrinter([PrintEnd.PRINTED, end])
    async with terminal(tmp_path, FakeService(), printer) as bench:
        await bench.to_pay(copies=3)
        bench.payment.hold_card()
        await bench.until(Step.REFUSED)
        assert bench.machine.visit.reason == end.value
        assert len(printer.printed) == len(bench.service.issued()) == 2
        assert bench.payment.in_the_tray == bench.moved("given_back") == 400
        await bench.see(lambda: len(bench.service.outcomes) == 2)
    assert [outcome for _, outcome, _ in bench.service.outcomes] == ["printed", "failed"]
    assert unsettled(bench.path) == {}


async def test_where_nobody_knows_the_staff_decide_and_no_outcome_is_made_up(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService(), FakePrinter([PrintEnd.UNKNOWN])) as bench:
        await bench.to_pay(copies=2)
        bench.payment.hold_card()
        await bench.until(Step.STAFF)
        assert bench.payment.in_the_tray == 0
        assert bench.moved("left_to_staff") == 400
        assert bench.service.outcomes == []
    assert unsettled(bench.path) == {}


async def test_money_that_the_device_cannot_give_back_is_with_the_staff(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService(), FakePrinter([PrintEnd.JAMMED])) as bench:
        await bench.to_pay()
        bench.payment.is_jammed = True
        bench.payment.hold_card()
        await bench.until(Step.STAFF)
        assert bench.moved("left_to_staff") == 200


async def test_another_fee_than_the_one_agreed_to_is_cancelled_and_not_printed(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService(fee_yen=250)) as bench:
        await bench.to_pay()
        bench.payment.hold_card()
        await bench.until(Step.REFUSED)
        assert bench.printer.printed == []
        assert bench.payment.in_the_tray == 200
    assert [outcome for _, outcome, _ in bench.service.outcomes] == ["cancelled"]


async def test_an_outcome_that_is_not_heard_is_told_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk_server.terminal.reporting._PAUSE_SECONDS", 0)
    service = FakeService(trouble_of_outcomes=[CentreUnreachable(), problem("busy", 503), AnswerBroken()])
    async with terminal(tmp_path, service) as bench:
        await bench.to_pay()
        bench.payment.hold_card()
        await bench.until(Step.TAKE)
    assert [outcome for _, outcome, _ in service.outcomes] == ["printed"]


async def test_an_outcome_that_an_earlier_run_did_not_get_told_is_told_at_the_start(tmp_path: Path) -> None:
    service = FakeService(trouble_of_outcomes=[problem("busy", 503)] * 2)
    async with terminal(tmp_path, service, FakePrinter([PrintEnd.PRINTED, PrintEnd.UNKNOWN])) as bench:
        await bench.to_pay(copies=2)
        bench.payment.hold_card()
        await bench.until(Step.STAFF)
        cancel_reports(bench)
    service.fee_yen = 250
    async with terminal(tmp_path, service) as bench:
        await bench.to_pay()
        bench.payment.hold_card()
        await bench.until(Step.REFUSED)
        cancel_reports(bench)
    service.trouble_of_outcomes.clear()
    async with terminal(tmp_path, service) as bench:
        bench.selling.report_left(unreported(bench.path))
    assert [(outcome, paid) for _, outcome, paid in service.outcomes] == [("printed", True), ("cancelled", False)]
    assert unreported(bench.path) == []


def cancel_reports(bench: Bench) -> None:
    """As a power cut does."""
    for task in bench.selling._reports._tasks:
        task.cancel()


async def test_a_printer_found_wanting_after_the_card_was_placed_takes_no_money(tmp_path: Path) -> None:
    printer = FakePrinter(looks=asyncio.Event())
    async with terminal(tmp_path, FakeService(), printer) as bench:
        await bench.identify()
        printer.ready = False
        bench.does("next", kind="seal_registration")
        bench.does("next", copies="1")
        bench.does("next")
        await bench.until(Step.REFUSED)
        assert (bench.machine.visit.reason, bench.machine.visit.may_try_again) == ("printer", False)
        assert bench.payment._done is None
    assert bench.service.issued() == []
    assert bench.books() == []


@pytest.mark.parametrize("kind", ["seal_registration", "tax_income"])
async def test_nobody_pays_in_a_session_that_ends_before_the_last_copy_is_asked_for(tmp_path: Path, kind: str) -> None:
    menu = replace(MENU, session_expires_at=NOW + timedelta(seconds=59))
    async with terminal(tmp_path, FakeService(menu)) as bench:
        await bench.identify()
        bench.does("next", kind=kind)
        if kind == "tax_income":
            bench.does("next", choice="2026")
        bench.does("next", copies="2")
        bench.does("next")
        await bench.until(Step.REFUSED)
        assert (bench.machine.visit.reason, bench.machine.visit.may_try_again) == ("session_over", True)
    assert bench.service.issued() == []
    assert bench.books() == []


async def test_a_session_that_ends_while_somebody_pays_gives_the_coins_back_and_begins_again(tmp_path: Path) -> None:
    service = FakeService(replace(MENU, session_expires_at=NOW + timedelta(seconds=30.5)))
    async with terminal(tmp_path, service) as bench:
        await bench.to_pay()
        bench.payment.insert(100)
        await bench.until(Step.REFUSED)
        assert (bench.payment.in_the_tray, bench.payment.kept) == (100, 0)
        service.menu, bench.machine.visit.used = MENU, 3
        bench.does("again")
        bench.reader.place(RACK.card(0))
        await bench.until(Step.PIN)
        bench.does("next", pin=PIN)
        await bench.until(Step.REMOVE_CARD)
        assert bench.machine.visit.most_copies == MENU.session_issuances


async def test_a_fault_of_ours_leaves_the_money_with_the_staff(tmp_path: Path) -> None:
    class Broken(FakePrinter):
        async def print(self, document: bytes, title: str) -> PrintEnd:
            del title
            assert document == DOCUMENT
            raise RuntimeError

    async with terminal(tmp_path, FakeService(), Broken()) as bench:
        await bench.to_pay()
        bench.payment.hold_card()
        await bench.until(Step.STAFF)
        assert bench.machine.visit.reason == "fault"
    assert bench.moved("left_to_staff") == 200
    assert unsettled(bench.path) == {}


@pytest.mark.parametrize("tries", [1, 2])
async def test_money_that_the_books_do_not_take_is_with_the_staff(
    tmp_path: Path, tries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with terminal(tmp_path, FakeService()) as bench:
        await bench.to_pay()
        full_disk(monkeypatch, tries)
        bench.payment.hold_card()
        await bench.until(Step.STAFF)
        assert bench.machine.visit.money_held == bench.payment.kept == 200
        assert bench.moved("left_to_staff") == (200 if tries == 1 else 0)
    assert bench.service.issued() == []
    assert unsettled(bench.path) == {}


async def test_money_that_was_given_back_is_not_called_held_where_the_books_do_not_take_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class AfterIt(FakePrinter):
        async def print(self, document: bytes, title: str) -> PrintEnd:
            full_disk(monkeypatch, 1, "given_back")
            return await super().print(document, title)

    async with terminal(tmp_path, FakeService(), AfterIt([PrintEnd.JAMMED])) as bench:
        await bench.to_pay()
        bench.payment.hold_card()
        await bench.until(Step.REFUSED)
        assert (bench.machine.visit.money_back, bench.machine.visit.money_held) == (200, 0)
        assert bench.payment.in_the_tray == 200


def full_disk(monkeypatch: pytest.MonkeyPatch, tries: int, what: str = "") -> None:
    """So many lines cannot be written, or of those that say this."""
    write, left = Journal._append, [OSError()] * tries

    def append(journal: Journal, line: bytes) -> None:
        if left and what.encode() in line:
            raise left.pop()
        write(journal, line)

    monkeypatch.setattr(Journal, "_append", append)


async def test_a_fault_of_the_device_before_the_money_is_in_is_refused(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService()) as bench:
        await bench.to_pay()
        assert bench.payment._done is not None
        bench.payment._done.set_exception(RuntimeError())
        await bench.until(Step.REFUSED)
        assert bench.machine.visit.reason == "fault"
    assert bench.books() == []
