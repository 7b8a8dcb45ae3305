"""Somebody with a pile of cards, and three tries of each: the terminal notices, stops for everybody alike, and tells the city."""

from pathlib import Path

import pytest

from kiosk_server.demo.virtual_card import MemoryCounter, VirtualCard
from kiosk_server.terminal.flow import Step
from kiosk_server.terminal.guessing import MOST_WRONG, WINDOW_SECONDS, WrongPins
from kiosk_server.web.client import CentreUnreachable
from tests.terminal.bench import RACK, Bench, terminal
from tests.terminal.city import FakeService


async def guess(bench: Bench, tries: int) -> None:
    """So many wrong PINs on a card that was never tried, and take it away."""
    await bench.place(VirtualCard(RACK.card(0).contents, MemoryCounter()))
    for left in (2, 1)[:tries]:
        bench.does("next", pin="0000")
        await bench.see(lambda left=left: bench.machine.visit.tries_left == left)  # type: ignore[misc]
        await bench.until(Step.PIN if left == 2 else Step.LAST_TRY)
    bench.does("stop")
    bench.reader.take()
    await bench.until(Step.LANGUAGE)


async def test_wrong_pins_of_many_cards_stop_the_terminal_for_every_card_and_the_city_hears_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk_server.terminal.reporting._PAUSE_SECONDS", 0)
    now = [1000.0]
    async with terminal(tmp_path, FakeService(trouble_of_outcomes=[CentreUnreachable()])) as bench:
        bench.selling._wrong_pins = WrongPins(lambda: now[0])
        for _ in range(MOST_WRONG // 2):
            await guess(bench, 2)
        await bench.see(lambda: bench.service.alerts)
        for _ in range(2):
            card = VirtualCard(RACK.card(0).contents, MemoryCounter())
            await bench.place(card, Step.REFUSED)
            assert (bench.machine.visit.reason, bench.machine.visit.may_try_again) == ("busy", True)
            assert card.answered == 0
            bench.does("stop")
            bench.reader.take()
            await bench.until(Step.LANGUAGE)
        (alert,) = bench.service.alerts
        assert (alert.code, alert.detail) == ("wrong_card_pins", "見本市 / 本庁 / 1")
        assert bench.service.asked == []
        now[0] += WINDOW_SECONDS
        await bench.identify()


async def test_the_try_that_locks_a_card_is_a_wrong_one_and_a_malformed_pin_is_none(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService()) as bench:
        await bench.place(VirtualCard(RACK.card(0).contents, MemoryCounter()))
        turn = bench.machine.turn
        bench.does("next", pin="12")
        await bench.see(lambda: bench.machine.turn == turn + 2)
        assert bench.selling._wrong_pins._at == []
        bench.does("stop")
        bench.reader.take()
        await bench.until(Step.LANGUAGE)
        await bench.place(VirtualCard(RACK.card(0).contents, MemoryCounter(1)), Step.LAST_TRY)
        bench.does("next")
        bench.does("next", pin="0000")
        await bench.until(Step.REFUSED)
        assert bench.machine.visit.reason == "card_locked"
        assert len(bench.selling._wrong_pins._at) == 1


def test_wrong_pins_of_a_whole_day_of_honest_people_stop_nobody() -> None:
    now = [0.0]
    wrong = WrongPins(lambda: now[0])
    for _ in range(1000):
        now[0] += WINDOW_SECONDS / (MOST_WRONG - 1) + 1
        assert not wrong.count()
        assert not wrong.is_over
