"""Invented cards of a small fake authority, made once for all tests of a process."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from cardauth.card import CardPin, JpkiCard
from cardauth.card.transport import Transport
from kiosk_server.demo.jpki import DemoJpki, IssuedUserCertificate, Profile, issue_user_certificate, make_demo_jpki
from kiosk_server.demo.jpki.issuing import CardPrivateKey
from kiosk_server.demo.virtual_card import Behaviour, CardContents, InProcessTransport, MemoryCounter, VirtualCard

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
KEY_ID = "1ac100f5" * 5
SERIAL = 0x8F00D1CE
"""Four bytes with the high bit set: DER writes a zero before them."""
RIGHT = "4821"
WRONG = "7364"
MESSAGE = b"kiosk challenge"
ORDINARY = Behaviour()


@cache
def jpki() -> DemoJpki:
    return make_demo_jpki(KEY_ID, NOW)


def card_key(kind: str = "rsa") -> CardPrivateKey:
    return _card_key(kind)


@cache
def _card_key(kind: str) -> CardPrivateKey:
    if kind == "p384":
        return ec.generate_private_key(ec.SECP384R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def issued(kind: str = "rsa") -> IssuedUserCertificate:
    return _issued(kind)


@cache
def _issued(kind: str) -> IssuedUserCertificate:
    profile = Profile(SERIAL, NOW - timedelta(days=365))
    return issue_user_certificate(jpki().current, card_key(kind), profile)


def contents(**changes: object) -> CardContents:
    """An ordinary card, with what a test changes."""
    kind = str(changes.pop("kind", "rsa"))
    known = issued(kind)
    ca = jpki().current.certificate.public_bytes(Encoding.DER)
    given: dict[str, object] = {
        "certificate": known.der,
        "ca_certificate": ca,
        "private_key": known.private_key,
        "pin": RIGHT,
        **changes,
    }
    return CardContents(**given)  # type: ignore[arg-type]  # tests name what they change


def pin(digits: str = RIGHT) -> CardPin:
    return CardPin(bytearray(digits.encode()))


@dataclass
class Watched:
    """A transport that keeps every command, and does what a test says before it passes one on."""

    transport: Transport
    before: Callable[[int, bytes], None] = lambda _number, _command: None
    sent: list[bytes] = field(default_factory=list)

    def send(self, command: bytearray) -> bytes:
        self.sent.append(bytes(command))
        self.before(len(self.sent), bytes(command))
        return self.transport.send(command)

    @property
    def tries(self) -> int:
        """How many commands carried a PIN."""
        return sum(1 for sent in self.sent if sent[1] == 0x20 and len(sent) > 4)


@dataclass
class OnReader:
    """A virtual card with its counter, lying on a watched reader."""

    card: VirtualCard
    counter: MemoryCounter
    reader: Watched

    def placed_again(self) -> "OnReader":
        return OnReader(self.card, self.counter, Watched(InProcessTransport(self.card)))

    def opened(self, *, extended: bool = False) -> JpkiCard:
        return JpkiCard.open(self.reader, extended=extended)


def on_reader(behaviour: Behaviour = ORDINARY, *, left: int = 3, **changes: object) -> OnReader:
    counter = MemoryCounter(left)
    card = VirtualCard(contents(**changes), counter, behaviour)
    return OnReader(card, counter, Watched(InProcessTransport(card)))
