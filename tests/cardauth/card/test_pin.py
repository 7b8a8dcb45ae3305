"""The PIN rules at the card. A PIN costs a try of a resident's three, so none is sent but on purpose."""

import copy
import gc
import itertools
import pickle
import traceback
from collections.abc import Iterator
from types import FrameType, TracebackType

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from cardauth.card import (
    CardError,
    CardLocked,
    CardMisbehaved,
    CardPin,
    CardRemoved,
    CardReset,
    CounterUnknown,
    LastTryNeedsWord,
    LastTryWord,
    PinMalformed,
    SignatureWrong,
    WrongCardPin,
)
from cardauth.card.pin_check import LOCKED
from cardauth.card.schemes import signature_is_good
from kiosk_server.demo.jpki import Profile, issue_user_certificate
from kiosk_server.demo.virtual_card import Behaviour
from tests.cardauth.card.cards import MESSAGE, NOW, RIGHT, WRONG, OnReader, issued, jpki, on_reader, pin


def refused(on: OnReader, digits: str, word: LastTryWord | None = None) -> CardError:
    with pytest.raises(CardError) as caught:
        on.opened().sign(pin(digits), MESSAGE, last_try=word)
    return caught.value


@pytest.mark.parametrize("kind", ["rsa", "p384"])
@pytest.mark.parametrize("behaviour", [Behaviour(), Behaviour(fetched_answers=True)], ids=["ordinary", "fetched"])
def test_the_right_pin_signs_by_the_type_of_the_cards_own_key(kind: str, behaviour: Behaviour) -> None:
    on = on_reader(behaviour, kind=kind)
    signature = on.opened().sign(pin(), MESSAGE)
    assert signature_is_good(issued(kind).private_key.public_key(), signature, MESSAGE)
    assert not signature_is_good(issued(kind).private_key.public_key(), signature, MESSAGE + b".")
    assert on.card.violations == []


def test_asking_for_the_counter_costs_no_try() -> None:
    on = on_reader()
    card = on.opened()
    assert [card.tries_left() for _ in range(5)] == [3] * 5
    assert on.counter.read() == 3


def test_the_counter_is_asked_before_every_pin() -> None:
    on = on_reader()
    card = on.opened()
    for _ in range(2):
        with pytest.raises(WrongCardPin):
            card.sign(pin(WRONG), MESSAGE)
    asked = [len(sent) == 4 for sent in on.reader.sent if sent[1] == 0x20]
    assert asked == [True, False] * 2


def test_a_wrong_pin_tells_how_many_are_left_and_a_right_one_starts_anew() -> None:
    on = on_reader()
    wrong = refused(on, WRONG)
    assert isinstance(wrong, WrongCardPin)
    assert wrong.tries_left == 2
    on.opened().sign(pin(), MESSAGE)
    assert on.counter.read() == 3


def test_the_last_try_is_not_spent_without_the_residents_word() -> None:
    on = on_reader(left=1)
    assert isinstance(refused(on, RIGHT), LastTryNeedsWord)
    assert (on.counter.read(), on.reader.tries) == (1, 0)


def test_the_last_try_is_spent_once_with_the_word_for_this_card() -> None:
    on = on_reader(left=1)
    word = LastTryWord(issued().der)
    assert isinstance(refused(on, WRONG, word), CardLocked)
    assert on.counter.read() == 0


def test_the_word_for_another_card_is_none() -> None:
    on = on_reader(left=1)
    assert isinstance(refused(on, RIGHT, LastTryWord(issued("p384").der)), LastTryNeedsWord)
    assert on.counter.read() == 1


def test_the_word_is_good_for_one_try_only() -> None:
    on = on_reader(left=1)
    word = LastTryWord(issued().der)
    on.opened().sign(pin(), MESSAGE, last_try=word)
    on.counter.write(1)
    assert isinstance(refused(on, RIGHT, word), LastTryNeedsWord)


def test_a_word_given_early_is_kept_for_the_last_try() -> None:
    on = on_reader(left=2)
    word = LastTryWord(issued().der)
    assert isinstance(refused(on, WRONG, word), WrongCardPin)
    assert isinstance(refused(on, WRONG, word), CardLocked)


@pytest.mark.parametrize("status", sorted(LOCKED))
def test_63c0_6983_and_6984_are_all_locked_and_no_pin_is_sent(status: int) -> None:
    on = on_reader()
    card = on.opened()
    answer = on.reader.transport.send

    def send(command: bytearray) -> bytes:
        return status.to_bytes(2) if command[1] == 0x20 else answer(command)

    on.reader.transport.send = send  # type: ignore[method-assign]
    with pytest.raises(CardLocked):
        card.sign(pin(), MESSAGE)
    assert on.reader.tries == 0


@pytest.mark.parametrize("status", sorted(LOCKED))
def test_the_try_that_locks_is_told_as_locked_whichever_status_says_so(status: int) -> None:
    on = on_reader()
    card = on.opened()
    answer = on.reader.transport.send

    def send(command: bytearray) -> bytes:
        return status.to_bytes(2) if command[1] == 0x20 and len(command) > 4 else answer(command)

    on.reader.transport.send = send  # type: ignore[method-assign]
    with pytest.raises(CardLocked):
        card.sign(pin(), MESSAGE)
    assert on.reader.tries == 1


@pytest.mark.parametrize(
    ("status", "refusal"),
    [(0x6300, CounterUnknown), (0x9000, CounterUnknown), (0x6A88, CardMisbehaved), (0x6FFF, CardMisbehaved)],
)
def test_without_a_counter_no_pin_is_sent(status: int, refusal: type[CardError]) -> None:
    on = on_reader()
    card = on.opened()
    answer = on.reader.transport.send

    def send(command: bytearray) -> bytes:
        return status.to_bytes(2) if command[1] == 0x20 else answer(command)

    on.reader.transport.send = send  # type: ignore[method-assign]
    with pytest.raises(refusal):
        card.sign(pin(), MESSAGE)
    assert on.reader.tries == 0


def test_a_card_that_says_verified_is_selected_anew_and_that_is_never_taken_for_a_right_pin() -> None:
    on = on_reader()
    card = on.opened()
    card.sign(pin(), MESSAGE)
    with pytest.raises(WrongCardPin):
        card.sign(pin(WRONG), MESSAGE)
    assert on.counter.read() == 2


def test_a_card_that_says_verified_for_ever_is_given_no_pin() -> None:
    on = on_reader(Behaviour(counter_says_verified=True))
    card = on.opened()
    card.sign(pin(), MESSAGE)
    before = on.reader.tries
    with pytest.raises(CounterUnknown):
        card.sign(pin(WRONG), MESSAGE)
    assert on.reader.tries == before


def test_after_a_fault_in_mid_verify_nothing_is_sent_again_and_the_next_try_asks_first() -> None:
    on = on_reader()

    def gone(_number: int, command: bytes) -> None:
        if command[1] == 0x20 and len(command) > 4:
            on.card.answer(command)
            raise CardRemoved

    on.reader.before = gone
    card = on.opened()
    with pytest.raises(CardRemoved):
        card.sign(pin(WRONG), MESSAGE)
    sent = len(on.reader.sent)
    for _ in range(2):
        with pytest.raises(CardRemoved):
            card.sign(pin(WRONG), MESSAGE)
    assert (len(on.reader.sent), on.counter.read()) == (sent, 2)
    again = on.placed_again()
    wrong = refused(again, WRONG)
    assert isinstance(wrong, WrongCardPin)
    assert wrong.tries_left == 1
    assert on.card.violations == []


def test_a_card_taken_away_at_any_step_of_signing_costs_no_try() -> None:
    whole = on_reader()
    whole.opened().sign(pin(), MESSAGE)
    for step in range(len(whole.reader.sent)):
        on = on_reader(Behaviour(removed_after=step))
        with pytest.raises(CardRemoved):
            on.opened().sign(pin(), MESSAGE)
        assert on.counter.read() == 3
        assert on.reader.tries <= 1


def test_a_card_that_was_reset_after_the_pin_does_not_sign() -> None:
    on = on_reader()
    card = on.opened()

    def reset_before_signing(_number: int, command: bytes) -> None:
        if command[1] == 0x2A:
            on.card.reset()
            on.card.answer(bytes.fromhex("00A4040C0AD392F000260100000001"))
            on.card.answer(bytes.fromhex("00A4020C020017"))

    on.reader.before = reset_before_signing
    with pytest.raises(CardReset):
        card.sign(pin(), MESSAGE)


def test_a_signature_that_does_not_fit_the_certificate_is_found_at_the_reader() -> None:
    with pytest.raises(SignatureWrong):
        on_reader(Behaviour(wrong_signature=True)).opened().sign(pin(), MESSAGE)
    with pytest.raises(SignatureWrong):
        on_reader(private_key=issued("p384").private_key, certificate=_other_p384()).opened().sign(pin(), MESSAGE)


def _other_p384() -> bytes:
    return issue_user_certificate(jpki().current, ec.generate_private_key(ec.SECP384R1()), Profile(7, NOW)).der


@pytest.mark.parametrize("digits", ["", "123", "12345", "12a4", "１２３４", "    ", "1234\n", "-123"])
def test_a_pin_that_is_not_four_digits_never_comes_to_be_and_its_buffer_is_wiped(digits: str) -> None:
    typed = bytearray(digits.encode())
    with pytest.raises(PinMalformed):
        CardPin(typed)
    assert not any(typed)


def test_a_pin_is_wiped_when_its_block_ends_and_is_no_pin_any_more() -> None:
    typed = bytearray(RIGHT.encode())
    on = on_reader()
    with CardPin(typed) as given:
        on.opened().sign(given, MESSAGE)
    assert not any(typed)
    assert RIGHT.encode() not in bytes(given._digits)
    with pytest.raises(PinMalformed):
        on.opened().sign(given, MESSAGE)
    assert on.reader.tries == 1


def test_a_pin_shows_nothing_and_is_neither_pickled_nor_copied() -> None:
    given = pin()
    assert RIGHT not in repr(given) + str(given) + f"{given}"
    for take in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            take(given)
    assert given != pin()


def test_no_frame_of_an_error_at_the_card_holds_the_pin() -> None:
    on = on_reader()
    with CardPin(bytearray(WRONG.encode())) as given, pytest.raises(WrongCardPin) as caught:
        on.opened().sign(given, MESSAGE)
    assert WRONG not in _rendered(caught.value) + repr(caught.value) + str(caught.value)


def test_the_command_that_carried_the_pin_is_wiped_though_the_reader_kept_it() -> None:
    on = on_reader()
    kept: list[bytearray] = []
    send = on.reader.transport.send

    def keeping(command: bytearray) -> bytes:
        kept.append(command)
        return send(command)

    on.reader.transport.send = keeping  # type: ignore[method-assign]
    on.opened().sign(pin(), MESSAGE)
    gc.collect()
    assert not any(RIGHT.encode() in command for command in kept)


def _rendered(error: BaseException) -> str:
    """As a debugger or a crash reporter shows it: every frame of the card's code with its locals."""
    ours = [frame for frame in _frames(error.__traceback__) if frame.f_globals["__name__"].startswith("cardauth.card")]
    assert ours
    shown = [repr(value) for frame in ours for value in frame.f_locals.values()]
    return "".join(itertools.chain(shown, traceback.format_exception(error)))


def _frames(trace: TracebackType | None) -> Iterator[FrameType]:
    while trace is not None:
        yield trace.tb_frame
        trace = trace.tb_next
