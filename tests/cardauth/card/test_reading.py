"""Reading certificates, in every way in which a card may answer."""

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from cardauth.card import (
    CardDataBroken,
    CardError,
    CardRemoved,
    JpkiCard,
    NotThisCard,
    OldResidentCard,
    PhoneNotTaken,
    PinlessCard,
    Transport,
)
from kiosk_server.demo.virtual_card import Behaviour, InProcessTransport
from tests.cardauth.card.cards import KEY_ID, MESSAGE, ORDINARY, SERIAL, contents, issued, jpki, on_reader, pin

MANNERS = {
    "ordinary": ORDINARY,
    "short only": Behaviour(extended=False),
    "fetched": Behaviour(fetched_answers=True),
    "fetched, short only": Behaviour(fetched_answers=True, extended=False),
    "names lengths": Behaviour(names_lengths=True, trailing_bytes=0),
    "no filler": Behaviour(trailing_bytes=0),
}


@pytest.mark.parametrize("behaviour", MANNERS.values(), ids=MANNERS)
@pytest.mark.parametrize("extended", [False, True])
def test_both_certificates_are_read_whole_however_the_card_answers(behaviour: Behaviour, *, extended: bool) -> None:
    card = on_reader(behaviour).opened(extended=extended)
    assert card.certificate.der == issued().der
    assert card.ca_certificate().der == jpki().current.certificate.public_bytes(Encoding.DER)


def test_the_serial_is_decimal_and_the_issuer_is_named_by_its_key() -> None:
    certificate = on_reader().opened().certificate
    assert (certificate.serial, certificate.authority_key_id) == (str(SERIAL), KEY_ID)


def test_extended_lengths_read_a_certificate_in_fewer_commands() -> None:
    counts = []
    for extended in (False, True):
        on = on_reader()
        on.opened(extended=extended)
        counts.append(sum(1 for sent in on.reader.sent if sent[1] == 0xB0))
    assert counts[1] < counts[0]


def test_a_certificate_as_long_as_its_file_is_read_without_a_byte_more() -> None:
    on = on_reader(Behaviour(trailing_bytes=0))
    on.opened()
    ends = [int.from_bytes(sent[2:4]) + (sent[4] or 256) for sent in on.reader.sent if sent[1] == 0xB0]
    assert max(ends) == len(issued().der)


@pytest.mark.parametrize("kept", [0, 1, 3, 100, 255, 256, 257, -1])
@pytest.mark.parametrize("extended", [False, True])
def test_a_truncated_certificate_is_broken(kept: int, *, extended: bool) -> None:
    on = on_reader(Behaviour(trailing_bytes=0), certificate=issued().der[:kept])
    with pytest.raises(CardDataBroken):
        on.opened(extended=extended)


@pytest.mark.parametrize(
    "der",
    [
        b"\x04\x03abc",
        b"\x30\x80\0\0",
        b"\x30\x81\x05abcde",
        b"\x30\x83\0\0\x05",
        b"\x30\x85\0\0\0\0\x05",
        b"\x30\x84\x7f\xff\xff\xff",
    ],
    ids=["no sequence", "indefinite", "not shortest", "leading zero", "five bytes of length", "two gigabytes"],
)
def test_a_length_that_is_none_is_broken_and_not_followed(der: bytes) -> None:
    on = on_reader(certificate=der)
    with pytest.raises(CardDataBroken):
        on.opened()
    assert len(on.reader.sent) < 12


@pytest.mark.parametrize(
    ("label", "refusal"),
    [
        ("JPKIAPICCTOKEN", OldResidentCard),
        ("JPKIAPGPSETOKEN", PhoneNotTaken),
        ("JPKIAPIOSTOKEN", PhoneNotTaken),
        ("JPKIAPICCTOKEN22", NotThisCard),
        ("", NotThisCard),
    ],
)
def test_what_is_no_my_number_card_has_a_refusal_of_its_own(label: str, refusal: type[NotThisCard]) -> None:
    with pytest.raises(refusal) as caught:
        on_reader(label=label).opened()
    assert type(caught.value) is refusal
    assert " / " in str(caught.value)


def test_a_card_without_a_pin_is_refused_by_name_and_no_pin_is_sent() -> None:
    on = on_reader(pin=None)
    card = on.opened()
    with pytest.raises(PinlessCard):
        card.tries_left()
    assert on.reader.tries == 0


def test_a_card_without_the_application_is_not_this_card() -> None:
    class Other:
        def send(self, command: bytearray) -> bytes:
            return b"\x6a\x82" if command[1] == 0xA4 else b"\x6d\x00"

    transport: Transport = Other()
    with pytest.raises(NotThisCard):
        JpkiCard.open(transport)


def test_a_card_taken_away_at_any_step_of_reading_says_so() -> None:
    whole = on_reader()
    whole.opened().ca_certificate()
    for step in range(len(whole.reader.sent)):
        on = on_reader(Behaviour(removed_after=step))
        with pytest.raises(CardRemoved):
            on.opened().ca_certificate()


def test_a_card_swapped_for_the_one_that_was_read_gets_no_pin() -> None:
    on = on_reader()
    card = on.opened()
    on.reader.transport = InProcessTransport(on_reader(kind="p384").card)
    with pytest.raises(CardError):
        card.sign(pin(), MESSAGE)
    assert on.reader.tries == 0


def test_nothing_that_is_read_shows_in_a_repr() -> None:
    card = on_reader().opened()
    shown = repr(card.certificate) + repr(contents())
    assert str(SERIAL) not in shown
    assert issued().der.hex() not in shown
