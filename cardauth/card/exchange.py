"""One command and its whole answer: 61xx is fetched, 6Cxx is asked again with the length the card names."""

from typing import Final

from cardauth.card.apdu import SHORT_EXPECTED, Command, Response, read_response
from cardauth.card.errors import CardMisbehaved
from cardauth.card.transport import Transport

OK: Final = 0x9000
_MORE: Final = 0x61
_OTHER_LENGTH: Final = 0x6C
_MOST_DATA: Final = 65_536


def exchange(transport: Transport, command: Command) -> Response:
    """Send and return the whole answer. Raises what the transport raises, and CardMisbehaved.

    Only what expects data is ever sent a second time, so a command that counts something is sent once.
    """
    answer = _once(transport, command)
    data = bytearray(answer.data)
    while answer.sw1 == _MORE:
        answer = _once(transport, Command(0x00, 0xC0, 0x00, 0x00, expected=answer.sw2 or SHORT_EXPECTED))
        if len(data) + len(answer.data) > _MOST_DATA or not (answer.data or answer.sw1 != _MORE):
            raise CardMisbehaved(answer.status)
        data += answer.data
    return Response(bytes(data), answer.status)


def _once(transport: Transport, command: Command) -> Response:
    answer = _send(transport, command)
    if answer.sw1 == _OTHER_LENGTH and command.expected is not None:
        answer = _send(transport, command.expecting(answer.sw2 or SHORT_EXPECTED))
    if answer.sw1 == _OTHER_LENGTH:
        raise CardMisbehaved(answer.status)
    return answer


def _send(transport: Transport, command: Command) -> Response:
    return read_response(transport.send(command.encode()))
