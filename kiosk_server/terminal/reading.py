"""Reading the certificate of the card that was placed, in a thread, and what is said when it cannot be read."""

import asyncio
from typing import Final

from cardauth.card import (
    CardError,
    CardRemoved,
    CardReset,
    JpkiCard,
    NotThisCard,
    OldResidentCard,
    PhoneNotTaken,
    PinlessCard,
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
    (CardError, "card_fault"),
)


async def read_card(reader: Reader, visit: Visit) -> Event:
    """Read the certificate into the visit. A card that is taken away meanwhile is simply placed again."""
    try:
        certificate = await asyncio.to_thread(_certificate, reader)
    except (CardRemoved, CardReset):
        return Event.CARD_GONE
    except CardError as error:
        visit.reason = next(reason for kind, reason in _REASONS if isinstance(error, kind))
        visit.may_try_again = True
        return Event.REFUSED
    visit.issuer_key_id, visit.serial = certificate.authority_key_id, certificate.serial
    return Event.CARD_READ


def _certificate(reader: Reader) -> ReadCertificate:
    return JpkiCard.open(reader.connect()).certificate
