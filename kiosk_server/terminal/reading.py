"""The card and its PIN, in a thread: reading the certificate, asking for the tries left, and one signature."""

import asyncio
from typing import Final

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
    WrongCardPin,
)
from cardauth.certificate import ReadCertificate
from kiosk_server.terminal.flow import Event
from kiosk_server.terminal.reader import Reader
from kiosk_server.terminal.visit import Visit

_REASONS: Final[tuple[tuple[type[CardError], str], ...]] = (
    (OldResidentCard, "old_card"),
    (PhoneNotTaken, "phone"),
    (NotThisCard, "not_this_card"),
    (PinlessCard, "pinless"),
    (CardLocked, "card_locked"),
    (CardError, "card_fault"),
)
_HOPELESS: Final = frozenset({"pinless", "card_locked"})


async def read_card(reader: Reader, visit: Visit) -> Event:
    """Read the certificate into the visit, and how many tries the PIN has. A card that is taken away meanwhile is placed again."""
    try:
        visit.certificate, left = await asyncio.to_thread(_read, reader)
    except (CardRemoved, CardReset):
        return Event.CARD_GONE
    except CardError as error:
        return refused(visit, error)
    return Event.ONE_TRY if left == 1 else Event.CARD_READ


async def sign(reader: Reader, visit: Visit, pin: CardPin, message: bytes) -> bytes | Event:
    """The card's signature, or the event that stands in its way. The PIN goes to the card once, and to nothing else."""
    try:
        return await asyncio.to_thread(_sign, reader, visit, pin, message)
    except (CardRemoved, CardReset):
        return Event.CARD_LOST
    except WrongCardPin as wrong:
        visit.tries_left = wrong.tries_left
        return Event.ONE_TRY if wrong.tries_left == 1 else Event.WRONG_PIN
    except LastTryNeedsWord:
        return Event.ONE_TRY
    except PinMalformed:
        return Event.WRONG_PIN
    except CardError as error:
        return refused(visit, error)


def refused(visit: Visit, error: CardError) -> Event:
    """Keep why the card cannot be used, in one of the few reasons that the screen has words for."""
    visit.reason = next(reason for kind, reason in _REASONS if isinstance(error, kind))
    visit.may_try_again = visit.reason not in _HOPELESS
    return Event.REFUSED


def _read(reader: Reader) -> tuple[ReadCertificate, int]:
    with reader.connect() as transport:
        card = JpkiCard.open(transport)
        return card.certificate, card.tries_left()


def _sign(reader: Reader, visit: Visit, pin: CardPin, message: bytes) -> bytes:
    with reader.connect() as transport:
        card = JpkiCard.open(transport)
        if visit.certificate is None or card.certificate.der != visit.certificate.der:
            # Changed for another one between two looks at the reader: that one is read first.
            raise CardRemoved
        return card.sign(pin, message, last_try=visit.last_try)
