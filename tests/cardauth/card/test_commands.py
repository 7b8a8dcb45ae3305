"""Commands are written as ISO/IEC 7816-4 says, and the strict card takes them apart the same way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardauth.card import CardMisbehaved, Command
from cardauth.card.apdu import read_response
from cardauth.card.exchange import exchange
from kiosk_server.demo.virtual_card.commands import LengthWrong, receive
from tests.cardauth.card.cards import on_reader

BYTE = st.integers(0, 255)


@given(
    head=st.tuples(BYTE, BYTE, BYTE, BYTE),
    data=st.binary(max_size=300),
    expected=st.none() | st.integers(1, 65_536),
    extended=st.booleans(),
)
def test_what_we_write_is_what_a_card_reads(
    head: tuple[int, int, int, int], data: bytes, expected: int | None, *, extended: bool
) -> None:
    try:
        command = Command(*head, data, expected, extended)
    except ValueError:
        assert not extended
        assert len(data) > 255 or (expected or 0) > 256
        return
    received = receive(bytes(command.encode()))
    assert received.head == head
    assert (received.data, received.expected) == (data, expected)
    assert received.extended is (extended and (expected is not None or bool(data)))


@pytest.mark.parametrize("head", [(256, 0, 0, 0), (0, 256, 0, 0), (0, 0, -1, 0), (0, 0, 0, 256)])
def test_a_header_byte_out_of_range_is_no_command(head: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="header"):
        Command(*head)


def test_the_data_of_a_command_is_not_in_its_repr() -> None:
    assert "1234" not in repr(Command(0, 0x20, 0, 0x80, b"1234"))


@pytest.mark.parametrize("raw", [b"", b"\x90", b"\0\0", b"\x60\x00", b"\x12\x34", b"x\xa0\x00"])
def test_an_answer_without_a_status_word_is_misbehaviour(raw: bytes) -> None:
    with pytest.raises(CardMisbehaved):
        read_response(raw)


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("00A4040C0AD392F000260100000002", 0x6A82),
        ("00A4040C00", 0x6700),
        ("00A400000AD392F000260100000001", 0x6A86),
        ("00A4000C023F00", 0x6A86),
        ("00A4020C020018", 0x6A82),
        ("00B0000010", 0x6986),
        ("0020008004" + b"1234".hex(), 0x6986),
        ("802A0080", 0x6986),
        ("00CA000000", 0x6D00),
        ("A0A4000002", 0x6E00),
        ("A0A40000023F00", 0x6E00),
        ("00C0000010", 0x6985),
        ("0020", 0x6700),
        ("00A4040C0AD392", 0x6700),
        ("0084000008", 0x6D00),
    ],
)
def test_the_strict_card_answers_a_wrong_command_with_its_own_status(command: str, status: int) -> None:
    assert on_reader().card.answer(bytes.fromhex(command)) == status.to_bytes(2)


SELECTED = ("00A4040C0AD392F000260100000001", "00A4020C020018")


@pytest.mark.parametrize(
    ("command", "status", "violation"),
    [
        ("0020008004" + b"4821".hex(), 0x6985, "verify_without_asking"),
        ("0020018004" + b"4821".hex(), 0x6A86, None),
        ("0020008104" + b"4821".hex(), 0x6A86, None),
        ("802A0080", 0x6986, None),
        ("00B0000010", 0x6981, None),
        ("00B0800010", 0x6981, None),
    ],
)
def test_the_strict_card_wants_the_counter_asked_and_names_what_a_client_broke(
    command: str, status: int, violation: str | None
) -> None:
    card = on_reader().card
    for selecting in SELECTED:
        assert card.answer(bytes.fromhex(selecting)) == b"\x90\0"
    assert card.answer(bytes.fromhex(command)) == status.to_bytes(2)
    assert card.violations == ([violation] if violation else [])


@pytest.mark.parametrize("digits", [b"123", b"12345", b"12a4", b"\0\0\0\0"])
def test_the_strict_card_does_not_count_a_malformed_pin_and_remembers_it(digits: bytes) -> None:
    on = on_reader()
    for command in (*SELECTED, "00200080"):
        on.card.answer(bytes.fromhex(command))
    assert on.card.answer(b"\x00\x20\x00\x80" + bytes((len(digits),)) + digits) == b"\x6a\x80"
    assert (on.counter.read(), on.card.violations) == (3, ["malformed_pin"])


def test_a_locked_card_stays_locked_for_the_right_pin_too() -> None:
    on = on_reader(left=0)
    answers = [on.card.answer(bytes.fromhex(command)) for command in (*SELECTED, "00200080")]
    assert answers[-1] == b"\x69\x84"
    assert on.card.answer(bytes.fromhex("0020008004" + b"4821".hex())) == b"\x69\x84"


def test_a_reset_drops_the_selection_and_the_pin() -> None:
    on = on_reader()
    for command in (*SELECTED, "00200080", "0020008004" + b"4821".hex(), "00A4020C020017"):
        on.card.answer(bytes.fromhex(command))
    on.card.reset()
    assert on.card.answer(bytes.fromhex("00A4020C020017")) == b"\x6a\x82"
    for command in (SELECTED[0], "00A4020C020017"):
        on.card.answer(bytes.fromhex(command))
    assert on.card.answer(bytes.fromhex("802A00800101" + "00")) == b"\x69\x82"


@pytest.mark.parametrize(
    "answers",
    [
        [b"\x6c\x10", b"\x6c\x10"],
        [b"\x61\x10", b"\x61\x10"],
        [b"\x61\x10", b"\x6c\x05", b"\x6c\x05"],
    ],
)
def test_a_card_that_never_comes_to_the_point_is_given_up(answers: list[bytes]) -> None:
    class Dull:
        def send(self, command: bytearray) -> bytes:
            assert command
            return answers.pop(0)

    with pytest.raises(CardMisbehaved):
        exchange(Dull(), Command(0, 0xB0, 0, 0, expected=16))


def test_a_card_that_sends_without_end_is_given_up() -> None:
    class Endless:
        sent = 0

        def send(self, command: bytearray) -> bytes:
            assert command
            self.sent += 1
            return bytes(256) + b"\x61\x00"

    endless = Endless()
    with pytest.raises(CardMisbehaved):
        exchange(endless, Command(0, 0xB0, 0, 0, expected=256))
    assert endless.sent < 300


@given(st.binary(max_size=64))
def test_the_strict_card_survives_any_bytes(raw: bytes) -> None:
    answer = on_reader().card.answer(raw)
    assert len(answer) >= 2
    try:
        receive(raw)
    except LengthWrong:
        assert answer == b"\x67\0"
