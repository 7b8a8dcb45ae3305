"""The whole way: our reader, pyscard, pcscd, a virtual reader, and the card in a process of its own."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cardauth.card import CardError, CardLocked, CardRemoved, JpkiCard, LastTryWord, TransportFault, WrongCardPin
from cardauth.card.names import JPKI_APPLICATION
from cardauth.card.pcsc import PcscTransport, ReaderBusy, ReadersUnreachable, connected, reader_names
from cardauth.card.reader_watch import CardEvent, Happening, ReaderWatch
from cardauth.card.schemes import signature_is_good
from kiosk_server.demo.virtual_card import Behaviour
from kiosk_server.demo.virtual_card.card_file import counter_of, write_card
from tests.cardauth.card.cards import MESSAGE, ORDINARY, RIGHT, WRONG, contents, issued, pin
from tests.cardauth.pcsc.daemon import Daemon

FIRST, SECOND = "Virtual PCD 00 00", "Virtual PCD 00 01"


def card_file(directory: Path, name: str = "card", behaviour: Behaviour = ORDINARY, **changes: object) -> Path:
    path = directory / f"{name}.json"
    write_card(path, contents(**changes), behaviour)
    return path


@contextmanager
def on(reader: str) -> Iterator[PcscTransport]:
    """The card on a reader, waited for: a process takes a moment to come up."""
    end = time.monotonic() + 20
    while True:
        try:
            with connected(reader) as transport:
                yield transport
                return
        except CardRemoved:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def sign(reader: str, digits: str = RIGHT, word: LastTryWord | None = None, *, extended: bool = False) -> bytes:
    with on(reader) as transport:
        return JpkiCard.open(transport, extended=extended).sign(pin(digits), MESSAGE, last_try=word)


def wait_for(watch: ReaderWatch, wanted: CardEvent) -> list[CardEvent]:
    seen: list[CardEvent] = []
    end = time.monotonic() + 20
    while wanted not in seen:
        assert time.monotonic() < end, seen
        seen += watch.wait(1.0)
    return seen


def test_both_virtual_readers_are_there(readers: Daemon) -> None:
    assert reader_names() == (FIRST, SECOND)


@pytest.mark.parametrize("kind", ["rsa", "p384"])
@pytest.mark.parametrize("extended", [False, True])
def test_a_card_is_read_and_signs_through_the_reader(
    readers: Daemon, tmp_path: Path, kind: str, *, extended: bool
) -> None:
    readers.insert(card_file(tmp_path, kind=kind))
    signature = sign(FIRST, extended=extended)
    assert signature_is_good(issued(kind).private_key.public_key(), signature, MESSAGE)


def test_answers_that_are_fetched_and_slow_come_through_whole(readers: Daemon, tmp_path: Path) -> None:
    readers.insert(card_file(tmp_path, behaviour=Behaviour(fetched_answers=True, slow_seconds=0.05)))
    assert signature_is_good(issued().private_key.public_key(), sign(FIRST), MESSAGE)


def test_wrong_pins_are_counted_on_the_card_across_removals_until_it_locks_for_good(
    readers: Daemon, tmp_path: Path
) -> None:
    card = card_file(tmp_path)
    for left in (2, 1):
        lying = readers.insert(card)
        with pytest.raises(WrongCardPin) as caught:
            sign(FIRST, WRONG)
        lying.remove()
        assert (caught.value.tries_left, counter_of(card).read()) == (left, left)
    lying = readers.insert(card)
    with pytest.raises(CardLocked):
        sign(FIRST, WRONG, LastTryWord(issued().der))
    lying.remove()
    readers.insert(card)
    with pytest.raises(CardLocked):
        sign(FIRST)
    assert counter_of(card).read() == 0


def test_two_cards_in_two_readers_are_two_cards(readers: Daemon, tmp_path: Path) -> None:
    readers.insert(card_file(tmp_path, "one"), 0)
    readers.insert(card_file(tmp_path, "two", kind="p384"), 1)
    with on(FIRST) as first, on(SECOND) as second:
        one, two = JpkiCard.open(first), JpkiCard.open(second)
        assert (one.certificate.der, two.certificate.der) == (issued().der, issued("p384").der)
        assert signature_is_good(one.certificate.public_key, one.sign(pin(), MESSAGE), MESSAGE)
        assert signature_is_good(two.certificate.public_key, two.sign(pin(), MESSAGE), MESSAGE)


def test_a_watch_tells_what_is_inserted_and_removed_at_which_reader(readers: Daemon, tmp_path: Path) -> None:
    with ReaderWatch() as watch:
        assert {event.happening for event in watch.wait(0.1)} == {Happening.READER_CAME}
        assert watch.wait(0.1) == ()
        lying = readers.insert(card_file(tmp_path), 1)
        assert wait_for(watch, CardEvent(Happening.INSERTED, SECOND)) == [CardEvent(Happening.INSERTED, SECOND)]
        lying.remove()
        assert wait_for(watch, CardEvent(Happening.REMOVED, SECOND)) == [CardEvent(Happening.REMOVED, SECOND)]


@pytest.mark.parametrize("after", [0, 3, 8, 11])
def test_a_card_pulled_in_mid_exchange_is_told_as_removed_and_costs_no_try(
    readers: Daemon, tmp_path: Path, after: int
) -> None:
    card = card_file(tmp_path, behaviour=Behaviour(removed_after=after))
    with ReaderWatch() as watch:
        readers.insert(card)
        wait_for(watch, CardEvent(Happening.INSERTED, FIRST))
    with pytest.raises(TransportFault), connected(FIRST) as transport:
        JpkiCard.open(transport).sign(pin(), MESSAGE)
    assert counter_of(card).read() == 3


def test_an_empty_reader_and_one_that_is_not_there_have_no_card(readers: Daemon) -> None:
    with pytest.raises(CardRemoved), connected(FIRST):
        pytest.fail("there is a card")
    with pytest.raises(CardError), connected("no such reader"):
        pytest.fail("there is a reader")


def test_a_card_in_use_is_nobody_elses(readers: Daemon, tmp_path: Path) -> None:
    readers.insert(card_file(tmp_path))
    with on(FIRST), pytest.raises(ReaderBusy), connected(FIRST):
        pytest.fail("shared")


def test_the_next_connection_begins_without_selection_and_without_pin(readers: Daemon, tmp_path: Path) -> None:
    readers.insert(card_file(tmp_path))
    sign(FIRST)
    with on(FIRST) as transport:
        assert transport.send(bytearray.fromhex("00A4020C020017")) == b"\x6a\x82"
        assert transport.send(bytearray.fromhex("00A4040C0A") + JPKI_APPLICATION) == b"\x90\0"
        assert transport.send(bytearray.fromhex("00A4020C020017")) == b"\x90\0"
        assert transport.send(bytearray.fromhex("802A0080010000")) == b"\x69\x82"


def test_a_daemon_that_stops_is_told_and_found_again_when_it_starts(readers: Daemon, tmp_path: Path) -> None:
    with ReaderWatch() as watch:
        watch.wait(0.1)
        readers.stop()
        with pytest.raises(ReadersUnreachable):
            [watch.wait(0.5) for _ in range(20)]
    with pytest.raises(ReadersUnreachable):
        reader_names()
    readers.start()
    assert reader_names() == (FIRST, SECOND)
    readers.insert(card_file(tmp_path))
    assert sign(FIRST)
