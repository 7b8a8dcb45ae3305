"""The card in the reader: commands, the public-key application (公的個人認証 AP), and what may be done with its PIN."""

from cardauth.card.apdu import Command, Response
from cardauth.card.application import JpkiCard
from cardauth.card.card_pin import CardPin
from cardauth.card.errors import (
    CardDataBroken,
    CardError,
    CardLocked,
    CardMisbehaved,
    CardRemoved,
    CardReset,
    CounterUnknown,
    LastTryNeedsWord,
    NotThisCard,
    OldResidentCard,
    PhoneNotTaken,
    PinlessCard,
    PinMalformed,
    SignatureWrong,
    TransportFault,
    WrongCardPin,
)
from cardauth.card.last_try import LastTryWord
from cardauth.card.transport import Transport

__all__ = [
    "CardDataBroken",
    "CardError",
    "CardLocked",
    "CardMisbehaved",
    "CardPin",
    "CardRemoved",
    "CardReset",
    "Command",
    "CounterUnknown",
    "JpkiCard",
    "LastTryNeedsWord",
    "LastTryWord",
    "NotThisCard",
    "OldResidentCard",
    "PhoneNotTaken",
    "PinMalformed",
    "PinlessCard",
    "Response",
    "SignatureWrong",
    "Transport",
    "TransportFault",
    "WrongCardPin",
]
