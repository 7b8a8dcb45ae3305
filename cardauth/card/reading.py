"""Selecting and reading files of the card's application."""

from typing import Final

from cardauth.card.apdu import EXTENDED_EXPECTED, SHORT_EXPECTED, Command, Response
from cardauth.card.der import der_length
from cardauth.card.errors import CardDataBroken, CardMisbehaved
from cardauth.card.exchange import OK, exchange
from cardauth.card.transport import Transport

NOT_FOUND: Final = 0x6A82
_WRONG_LENGTH: Final = 0x6700
_PAST_END: Final = frozenset({0x6B00, 0x6282})
_MOST_FILE: Final = 16_384
"""Certificates of the card are below 2 KiB; a card that claims more is not believed."""


def select_application(transport: Transport, name: bytes) -> bool:
    """Select by AID, which drops what another one had selected or verified; False when the card has no such application."""
    return _found(exchange(transport, Command(0x00, 0xA4, 0x04, 0x0C, name)))


def select_file(transport: Transport, file: int) -> bool:
    """Select a file of the application; False when it has none of this name."""
    return _found(exchange(transport, Command(0x00, 0xA4, 0x02, 0x0C, file.to_bytes(2))))


def read_start(transport: Transport, length: int) -> bytes:
    """The first bytes of the selected file. Raises CardDataBroken when there are fewer."""
    data = _read(transport, 0, length, extended=False).data[:length]
    if len(data) < length:
        raise CardDataBroken
    return data


def read_der(transport: Transport, *, extended: bool) -> bytes:
    """The one DER object at the start of the selected file, whatever fills the rest. Raises CardDataBroken, CardMisbehaved.

    `extended` reads the rest with one command; a card that refuses that is read in short ones.
    """
    content = bytearray(_read(transport, 0, SHORT_EXPECTED, extended=False).data)
    total = der_length(bytes(content))
    if total > _MOST_FILE:
        raise CardDataBroken
    while len(content) < total:
        wanted = min(total - len(content), EXTENDED_EXPECTED if extended else SHORT_EXPECTED)
        answer = _read(transport, len(content), wanted, extended=extended)
        if extended and answer.status == _WRONG_LENGTH:
            extended = False
            continue
        if not answer.data:
            raise CardDataBroken(answer.status)
        content += answer.data
    return bytes(content[:total])


def _read(transport: Transport, offset: int, length: int, *, extended: bool) -> Response:
    high, low = divmod(offset, SHORT_EXPECTED)
    answer = exchange(transport, Command(0x00, 0xB0, high, low, expected=length, extended=extended))
    if answer.status == OK or answer.status in _PAST_END or (extended and answer.status == _WRONG_LENGTH):
        return answer
    raise CardMisbehaved(answer.status)


def _found(answer: Response) -> bool:
    if answer.status not in {OK, NOT_FOUND}:
        raise CardMisbehaved(answer.status)
    return answer.status == OK
