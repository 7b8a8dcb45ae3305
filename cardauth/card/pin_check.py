"""The PIN rules at the card: the counter is asked first, and each VERIFY is sent once.

Three wrong tries lock the card. 63C0 is the try that exhausts it, 6983 and 6984 are what comes after: all are "locked".
"""

from typing import Final

from cardauth.card.apdu import Command, read_response
from cardauth.card.card_pin import CardPin
from cardauth.card.errors import CardLocked, CardMisbehaved, CounterUnknown, PinlessCard, WrongCardPin
from cardauth.card.exchange import OK, exchange
from cardauth.card.names import JPKI_APPLICATION, USER_PIN
from cardauth.card.reading import select_application, select_file
from cardauth.card.transport import Transport

LOCKED: Final = frozenset({0x63C0, 0x6983, 0x6984})
_COUNTER: Final = 0x63C0
_COUNTER_MASK: Final = 0xFFF0
_NO_COUNTER: Final = 0x6300
_QUERY: Final = Command(0x00, 0x20, 0x00, 0x80)
_DIGITS: Final = 4


def tries_left(transport: Transport) -> int:
    """How many tries the card has left, one or more; asking costs none.

    Raises CardLocked, PinlessCard, CounterUnknown, CardMisbehaved. A card that answers "verified" is selected anew and
    asked again: that answer is about an earlier PIN, never about the one to be typed.
    """
    status = _ask(transport)
    if status == OK:
        select_application(transport, JPKI_APPLICATION)
        status = _ask(transport)
    if status in LOCKED:
        raise CardLocked
    if status in {OK, _NO_COUNTER}:
        raise CounterUnknown
    if status & _COUNTER_MASK != _COUNTER:
        raise CardMisbehaved(status)
    return status - _COUNTER


def verify(transport: Transport, pin: CardPin) -> None:
    """Send the PIN once, to the PIN file that `tries_left` has selected. Raises WrongCardPin, CardLocked, CardMisbehaved.

    After a transport error nothing is known: who wants to go on asks `tries_left` on a new connection.
    """
    command = bytearray((0x00, 0x20, 0x00, 0x80, _DIGITS))
    try:
        pin.append_to(command)
        status = read_response(transport.send(command)).status
    finally:
        # Before an error shows its frames to anybody.
        command[:] = bytes(len(command))
    if status in LOCKED:
        raise CardLocked
    if status & _COUNTER_MASK == _COUNTER:
        raise WrongCardPin(status - _COUNTER)
    if status != OK:
        raise CardMisbehaved(status)


def _ask(transport: Transport) -> int:
    if not select_file(transport, USER_PIN):
        raise PinlessCard
    return exchange(transport, _QUERY).status
