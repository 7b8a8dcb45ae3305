"""A person at a terminal with a reader of PC/SC: card placed, pulled, stalled, and the service of readers gone and back."""

import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from cardauth import CardSignature
from cardauth.certificate import ReadCertificate, read_certificate
from kiosk_server.demo.virtual_card import Behaviour
from kiosk_server.demo.virtual_card.card_file import counter_of, write_card
from kiosk_server.terminal.flow import Step
from kiosk_server.terminal.pcsc_reader import PcscReader
from kiosk_server.terminal.reader import Sight
from tests.cardauth.pcsc.daemon import Daemon
from tests.terminal.bench import PIN, RACK, Bench, terminal
from tests.terminal.city import FakeService

READER = "Virtual PCD 00 00"


def card_file(directory: Path, **behaviour: Any) -> Path:
    path = directory / "card.json"
    write_card(path, RACK.card(0).contents, Behaviour(**behaviour))
    return path


@asynccontextmanager
async def at(
    directory: Path, name: str = READER, takes: Callable[[ReadCertificate], bool] = lambda _: True, stalled: float = 10
) -> AsyncIterator[tuple[Bench, PcscReader]]:
    with PcscReader(name, takes, stalled_seconds=stalled) as reader:
        async with terminal(directory, FakeService(), real_reader=reader) as bench:
            yield bench, reader


async def asked_for_a_card(bench: Bench, reader: PcscReader) -> None:
    await bench.see(lambda: reader.sees() is not Sight.UNUSABLE)
    bench.does("next", language="en")
    assert bench.step is Step.CARD


async def test_wrong_pins_are_counted_by_the_card_and_the_right_one_signs(readers: Daemon, tmp_path: Path) -> None:
    card = card_file(tmp_path)
    async with at(tmp_path) as (bench, reader):
        await asked_for_a_card(bench, reader)
        lying = readers.insert(card)
        await bench.until(Step.PIN)
        bench.does("next", pin="0000")
        await bench.see(lambda: bench.machine.visit.tries_left == 2)
        bench.does("next", pin="0001")
        await bench.until(Step.LAST_TRY)
        assert counter_of(card).read() == 1
        bench.does("next")
        bench.does("next", pin=PIN)
        await bench.until(Step.REMOVE_CARD)
        lying.remove()
        await bench.until(Step.KIND)
        (asked,) = bench.service.asked
        assert isinstance(asked.credential, CardSignature)
        assert read_certificate(asked.credential.certificate).serial == "123456789"
    assert counter_of(card).read() == 3


async def test_the_third_wrong_pin_locks_the_card_and_the_next_visit_says_so_at_once(
    readers: Daemon, tmp_path: Path
) -> None:
    card = card_file(tmp_path)
    counter_of(card).write(1)
    async with at(tmp_path) as (bench, reader):
        await asked_for_a_card(bench, reader)
        lying = readers.insert(card)
        await bench.until(Step.LAST_TRY)
        bench.does("next")
        bench.does("next", pin="0000")
        await bench.until(Step.REFUSED)
        assert (bench.machine.visit.reason, counter_of(card).read()) == ("card_locked", 0)
        bench.does("stop")
        assert bench.step is Step.CARD_LEFT
        lying.remove()
        await bench.until(Step.LANGUAGE)
        bench.does("next", language="en")
        readers.insert(card)
        await bench.until(Step.REFUSED)
        assert bench.machine.visit.reason == "card_locked"


@pytest.mark.parametrize("commands", [0, 3, 8])
async def test_a_card_pulled_while_it_is_read_is_asked_for_again(
    readers: Daemon, tmp_path: Path, commands: int
) -> None:
    card = card_file(tmp_path, removed_after=commands)
    async with at(tmp_path) as (bench, reader):
        await asked_for_a_card(bench, reader)
        pulled = readers.insert(card)
        await bench.see(lambda: pulled.process.poll() is not None)
        pulled.remove()
        await bench.until(Step.CARD)
        readers.insert(card_file(tmp_path))
        await bench.until(Step.PIN)
    assert counter_of(card).read() == 3


@pytest.mark.parametrize("more", [0, 5, 10])
async def test_a_card_pulled_while_the_pin_is_checked_is_asked_for_again_and_nobody_is_identified(
    readers: Daemon, tmp_path: Path, more: int
) -> None:
    card = card_file(tmp_path, removed_after=await commands_of_a_reading(readers, tmp_path) + more)
    async with at(tmp_path) as (bench, reader):
        await asked_for_a_card(bench, reader)
        pulled = readers.insert(card)
        await bench.until(Step.PIN)
        bench.does("next", pin=PIN)
        await bench.until(Step.CARD)
        pulled.remove()
        assert bench.service.asked == []
    assert counter_of(card).read() == 3


async def commands_of_a_reading(readers: Daemon, directory: Path) -> int:
    """How many commands the card has answered when the PIN is asked for; it is the same card in every reader."""
    virtual = RACK.card(0)
    before = virtual.answered
    async with terminal(directory, FakeService()) as bench:
        await bench.place(virtual)
    return virtual.answered - before


async def test_a_card_pulled_before_the_pin_or_left_after_it_is_noticed(readers: Daemon, tmp_path: Path) -> None:
    card = card_file(tmp_path)
    async with at(tmp_path) as (bench, reader):
        await asked_for_a_card(bench, reader)
        lying = readers.insert(card)
        await bench.until(Step.PIN)
        lying.remove()
        await bench.until(Step.CARD)
        lying = readers.insert(card)
        await bench.until(Step.PIN)
        bench.does("stop")
        assert bench.step is Step.CARD_LEFT
        lying.remove()
        await bench.until(Step.LANGUAGE)


async def test_of_two_cards_only_the_one_on_the_terminal_s_own_reader_counts(readers: Daemon, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    async with at(tmp_path) as (bench, reader):
        await asked_for_a_card(bench, reader)
        other = readers.insert(card_file(tmp_path / "other"), reader=1)
        mine = readers.insert(card_file(tmp_path))
        await bench.until(Step.PIN)
        mine.remove()
        await bench.until(Step.CARD)
        other.remove()
        assert bench.step is Step.CARD
        assert bench.service.challenged == []


async def test_a_card_that_is_not_taken_here_is_refused_before_any_pin(readers: Daemon, tmp_path: Path) -> None:
    async with at(tmp_path, takes=lambda certificate: certificate.serial != "123456789") as (bench, reader):
        await asked_for_a_card(bench, reader)
        readers.insert(card_file(tmp_path))
        await bench.until(Step.REFUSED)
        assert bench.machine.visit.reason == "foreign_card"
        assert bench.machine.visit.certificate is None


async def test_a_reader_that_is_not_there_is_said_and_no_card_is_asked_for(readers: Daemon, tmp_path: Path) -> None:
    readers.insert(card_file(tmp_path))
    async with at(tmp_path, "Some other reader") as (bench, _):
        bench.does("next", language="en")
        await bench.until(Step.REFUSED)
        assert (bench.machine.visit.reason, bench.machine.visit.may_try_again) == ("reader", False)


@pytest.mark.parametrize("step", [Step.CARD, Step.PIN, Step.REMOVE_CARD])
async def test_a_service_of_readers_that_ends_is_said_at_once_and_found_again_by_itself(
    readers: Daemon, tmp_path: Path, step: Step
) -> None:
    async with at(tmp_path) as (bench, reader):
        await asked_for_a_card(bench, reader)
        if step is not Step.CARD:
            readers.insert(card_file(tmp_path))
            await bench.until(Step.PIN)
        if step is Step.REMOVE_CARD:
            bench.does("next", pin=PIN)
            await bench.until(Step.REMOVE_CARD)
        readers.stop()
        await bench.until(Step.REFUSED)
        assert bench.machine.visit.reason == "reader"
        for card in readers.cards:
            card.remove()
        readers.start()
        await bench.until(Step.CARD)
        readers.insert(card_file(tmp_path))
        await bench.until(Step.PIN)


async def test_a_reminder_of_a_card_ends_with_the_reader_that_could_see_it(readers: Daemon, tmp_path: Path) -> None:
    async with at(tmp_path) as (bench, reader):
        await asked_for_a_card(bench, reader)
        readers.insert(card_file(tmp_path))
        await bench.until(Step.PIN)
        bench.does("stop")
        assert bench.step is Step.CARD_LEFT
        readers.stop()
        await bench.until(Step.LANGUAGE)
        for card in readers.cards:
            card.remove()
        readers.start()


async def test_a_card_that_stalls_is_given_up_nothing_more_is_sent_to_it_and_the_reader_comes_back(
    readers: Daemon, tmp_path: Path
) -> None:
    card = card_file(tmp_path)
    async with at(tmp_path, stalled=1.5) as (bench, reader):
        await asked_for_a_card(bench, reader)
        lying = readers.insert(card)
        await bench.until(Step.PIN)
        os.kill(lying.process.pid, signal.SIGSTOP)
        bench.does("next", pin="0000")
        await bench.until(Step.REFUSED)
        assert bench.machine.visit.reason == "reader"
        os.kill(lying.process.pid, signal.SIGCONT)
        await bench.until(Step.PIN)
        assert counter_of(card).read() == 3
        assert bench.service.asked == []


async def test_a_service_of_readers_that_stalls_is_said_and_the_screen_goes_on_when_it_answers_again(
    readers: Daemon, tmp_path: Path
) -> None:
    async with at(tmp_path, stalled=1.5) as (bench, reader):
        await asked_for_a_card(bench, reader)
        readers.pause()
        await bench.until(Step.REFUSED)
        assert bench.machine.visit.reason == "reader"
        bench.does("stop")
        assert bench.step is Step.LANGUAGE
        bench.does("next", language="ja")
        await bench.until(Step.REFUSED)
        readers.go_on()
        await bench.until(Step.CARD)
        readers.insert(card_file(tmp_path))
        await bench.until(Step.PIN)
