"""The card and its PIN, in a thread: reading the certificate, asking for the tries left, and one signature."""

from collections.abc import Callable
from typing import Final, TypeVar

from cardauth.card import (
    CardError,
    CardLocked,
    CardPin,
    CardRemoved,
    CardReset,
    JpkiCard,
    LastTryNeedsWord,
    NotThisCard,
    OldResidentCard,
    PhoneNotTaken,
    PinlessCard,
    PinMalformed,
    Transport,
    WrongCardPin,
)
from cardauth.card.pcsc import ReadersUnreachable
from cardauth.certificate import ReadCertificate
from kiosk_server.terminal.flow import Event
from kiosk_server.terminal.in_thread import in_thread
from kiosk_server.terminal.reader import Reader
from kiosk_server.terminal.visit import Visit


class _ForeignCard(CardError):
    """A My Number Card that this terminal does not take."""


READER: Final = "reader"
"""The reason where the reader itself cannot be used."""
_REASONS: Final[tuple[tuple[type[CardError], str], ...]] = (
    (ReadersUnreachable, READER),
    (_ForeignCard, "foreign_card"),
    (OldResidentCard, "old_card"),
    (PhoneNotTaken, "phone"),
    (NotThisCard, "not_this_card"),
    (PinlessCard, "pinless"),
    (CardLocked, "card_locked"),
    (CardError, "card_fault"),
)
_HOPELESS: Final = frozenset({READER, "pinless", "card_locked"})

Found = TypeVar("Found")


async def read_card(reader: Reader, visit: Visit, *, asks_tries: bool) -> Event:
    """Read the certificate into the visit, and how many tries the card's PIN has, if that one is used here.

    A card that is taken away meanwhile is placed again.
    """
    try:
        visit.certificate, left = await _talk(reader, lambda transport: _read(reader, transport, asks_tries=asks_tries))
    except (CardRemoved, CardReset):
        return Event.CARD_GONE
    except CardError as error:
        return refused(visit, error)
    return Event.ONE_TRY if left == 1 else Event.CARD_READ


async def sign(
    reader: Reader, visit: Visit, pin: CardPin, message: bytes, on_wrong: Callable[[], None]
) -> bytes | Event:
    """The card's signature, or the event that stands in its way. The PIN goes to the card once, and to nothing else.

    `on_wrong` is called where the card says that it is wrong.
    """
    try:
        return await _talk(reader, lambda transport: _sign(transport, visit, pin, message))
    except (CardRemoved, CardReset):
        return Event.CARD_LOST
    except WrongCardPin as wrong:
        on_wrong()
        visit.tries_left = wrong.tries_left
        return Event.ONE_TRY if wrong.tries_left == 1 else Event.WRONG_PIN
    except LastTryNeedsWord:
        return Event.ONE_TRY
    except PinMalformed:
        return Event.WRONG_PIN
    except CardError as error:
        if isinstance(error, CardLocked):
            # The reading asked the card before the PIN: it was this try that locked it.
            on_wrong()
        return refused(visit, error)


def refused(visit: Visit, error: CardError) -> Event:
    """Keep why the card cannot be used, in one of the few reasons that the screen has words for."""
    visit.reason = next(reason for kind, reason in _REASONS if isinstance(error, kind))
    visit.may_try_again = visit.reason not in _HOPELESS
    return Event.REFUSED


async def _talk(reader: Reader, work: Callable[[Transport], Found]) -> Found:
    """Work with the card that lies there. Who no longer waits for it has nothing more sent to it."""
    line = _Line()

    def talk() -> Found:
        with reader.connect() as transport:
            line.transport = transport
            return work(line)

    try:
        return await in_thread(talk)
    finally:
        line.is_cut = True


class _Line:
    """A transport that can be cut from another thread."""

    is_cut = False
    transport: Transport

    def send(self, command: bytearray) -> bytes:
        if self.is_cut:
            raise CardRemoved
        return self.transport.send(command)


def _read(reader: Reader, transport: Transport, *, asks_tries: bool) -> tuple[ReadCertificate, int | None]:
    card = JpkiCard.open(transport)
    if not reader.takes(card.certificate):
        raise _ForeignCard
    return card.certificate, card.tries_left() if asks_tries else None


def _sign(transport: Transport, visit: Visit, pin: CardPin, message: bytes) -> bytes:
    card = JpkiCard.open(transport)
    if visit.certificate is None or card.certificate.der != visit.certificate.der:
        # Changed for another one between two looks at the reader: that one is read first.
        raise CardRemoved
    return card.sign(pin, message, last_try=visit.last_try)
