"""The demo's hands: a rack of sample cards, coins, and taking the card away. The screen shows them apart from its own buttons."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from kiosk_server.demo.jpki import CaGeneration, Profile, issue_user_certificate
from kiosk_server.demo.virtual_card import CardContents, MemoryCounter, VirtualCard
from kiosk_server.terminal.form import Form
from kiosk_server.terminal.payment import SimulatedPayment
from kiosk_server.terminal.reader import VirtualReader
from kiosk_server.terminal.screens import COINS

_AGE: Final = timedelta(days=30)
_RSA_BITS: Final = 2048


@dataclass(frozen=True, slots=True)
class SampleCard:
    """What is printed on one of the demo's cards, and its PIN."""

    name: str
    serial: str
    pin: str = field(repr=False)


class CardRack:
    """The demo's cards, each made when it is first placed: making a key takes a while."""

    def __init__(self, samples: Sequence[SampleCard], authority: CaGeneration, now: datetime) -> None:
        """Take whose cards they are, and the demo's authority that issues them, `now`."""
        self.samples = tuple(samples)
        self.placed = 0
        """Which of them was placed last: the list on the screen stands there."""
        self._authority = authority
        self._now = now
        self._made: dict[int, VirtualCard] = {}

    def card(self, number: int) -> VirtualCard:
        """One of them; the same each time, with the tries it has left. Raises IndexError."""
        if number not in self._made:
            self._made[number] = self._make(self.samples[number])
        return self._made[number]

    def _make(self, sample: SampleCard) -> VirtualCard:
        key = rsa.generate_private_key(public_exponent=65537, key_size=_RSA_BITS)
        issued = issue_user_certificate(self._authority, key, Profile(int(sample.serial), self._now - _AGE))
        authority = self._authority.certificate.public_bytes(Encoding.DER)
        return VirtualCard(CardContents(issued.der, authority, key, sample.pin), MemoryCounter())


@dataclass(frozen=True, slots=True)
class CardHands:
    """Cards, and the reader that they are placed on by a button."""

    rack: CardRack
    reader: VirtualReader

    def place(self, number: str) -> None:
        """Place the card at this place of the rack, if there is one."""
        if number in {str(place) for place in range(len(self.rack.samples))}:
            self.rack.placed = int(number)
            self.reader.place(self.rack.card(self.rack.placed))


class DemoDesk:
    """Does what the demo's buttons say; what they do not know does nothing."""

    def __init__(self, payment: SimulatedPayment, cards: CardHands | None) -> None:
        """Take the coin slot, and the cards where no real reader is there."""
        self._payment = payment
        self._cards = cards

    def act(self, form: Form) -> None:
        """As `serving.Desk.act`."""
        coin, hand = form.one("coin"), form.one("hand")
        if coin in {str(yen) for yen in COINS}:
            self._payment.insert(int(coin))
            return
        if hand == "cashless":
            self._payment.hold_card()
        elif self._cards is not None and hand == "place":
            self._cards.place(form.one("card"))
        elif self._cards is not None and hand == "take":
            self._cards.reader.take()
