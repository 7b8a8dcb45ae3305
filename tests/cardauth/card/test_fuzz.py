"""Whatever a card sends, nothing comes out of our reader but an answer or one of our errors."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cardauth.card import CardDataBroken, CardError, JpkiCard
from cardauth.card.apdu import read_response
from cardauth.card.der import der_length
from cardauth.certificate import CertificateUnreadable, read_certificate
from cardauth.trust import CertificateRefused
from kiosk_server.demo.virtual_card import InProcessTransport, VirtualCard
from tests.cardauth.card.cards import KEY_ID, MESSAGE, SERIAL, contents, issued, on_reader, pin
from tests.cardauth.trust.test_path import trust

STATUS = st.sampled_from([b"\x90\0", b"\x6a\x82", b"\x62\x82", b"\x6b\0", b"\x63\xc3", b"\x63\xc1", b"\x69\x84"])
ANSWER = st.builds(lambda data, status: data + status, st.binary(max_size=80), STATUS | st.binary(max_size=3))


class Raving:
    """A card that answers what it likes, now and then like a real one."""

    def __init__(self, answers: list[bytes | None]) -> None:
        self._card = on_reader().reader
        self._answers = answers

    def send(self, command: bytearray) -> bytes:
        honest = self._card.send(command)
        if not self._answers:
            return b"\x6f\0"
        answer = self._answers.pop(0)
        return honest if answer is None else answer


def visit(answers: list[bytes | None]) -> None:
    try:
        card = JpkiCard.open(Raving(answers))
        card.ca_certificate()
        card.sign(pin(), MESSAGE)
    except CardError as error:
        assert error.__cause__ is None  # noqa: PT017 - any of our errors, and nothing behind it


def read_altered(position: int, put: bytes) -> None:
    der = issued().der
    altered = der[: position % len(der)] + put + der[position % len(der) + len(put) :]
    try:
        assert int(read_certificate(altered).serial) > 0
    except CertificateUnreadable as error:
        assert error.__cause__ is None  # noqa: PT017 - as above


def read_anything(raw: bytes) -> None:
    for read in (der_length, read_certificate, read_response):
        try:
            assert read(raw) is not None
        except (CardError, CertificateUnreadable) as error:
            assert str(error)  # noqa: PT017 - as above


@given(st.lists(st.none() | ANSWER, max_size=24))
def test_a_raving_card_gets_nothing_out_of_us_but_our_own_errors(answers: list[bytes | None]) -> None:
    visit(answers)


@given(st.integers(0, 4000), st.binary(min_size=1, max_size=4))
def test_an_altered_certificate_is_read_or_unreadable(position: int, put: bytes) -> None:
    read_altered(position, put)


@given(st.binary(max_size=64))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    read_anything(raw)


@given(st.binary(max_size=600))
def test_any_file_on_a_card_is_a_certificate_or_broken(content: bytes) -> None:
    card = InProcessTransport(VirtualCard(contents(certificate=content), on_reader().counter))
    with pytest.raises(CardDataBroken):
        JpkiCard.open(card)


def spoiled(rng: random.Random, der: bytes) -> bytes:
    """The bytes with one to four changes: a byte, a hole, an insertion, or the end cut off."""
    content = bytearray(der)
    for _ in range(rng.randint(1, 4)):
        at, length = rng.randrange(len(content) + 1), rng.randint(1, 8)
        match rng.randrange(4):
            case 0:
                content[at : at + 1] = rng.randbytes(1)
            case 1:
                del content[at : at + length]
            case 2:
                content[at:at] = rng.randbytes(length)
            case _:
                del content[at:]
    return bytes(content)


@pytest.mark.exhaustive
@pytest.mark.timeout(3600)
def test_a_million_spoiled_certificates_and_answers_crash_nothing_and_are_nobody_elses() -> None:
    rng, believe = random.Random(1), trust()
    seeds = [issued().der, issued("p384").der]
    for _ in range(500_000):
        der = spoiled(rng, rng.choice(seeds))
        try:
            believed = believe.trusted(der)
            assert (believed.key.issuer_key_id, believed.key.serial) == (KEY_ID, str(SERIAL))
        except CertificateRefused as refused:
            assert refused.__cause__ is None  # noqa: PT017 - ours, and nothing behind it
        read_anything(rng.randbytes(rng.randint(0, 40)))


@pytest.mark.exhaustive
@pytest.mark.timeout(3 * 3600)
@settings(max_examples=20_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.none() | ANSWER, max_size=40))
def test_twenty_thousand_raving_cards_get_nothing_out_of_us_but_our_own_errors(answers: list[bytes | None]) -> None:
    visit(answers)
