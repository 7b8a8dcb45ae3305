"""The virtual card in a virtual reader of `vpcd`: the reader listens, the card is what connects (vsmartcard)."""

import socket
from typing import Final

from civil.errors import KioskError
from kiosk_server.demo.virtual_card.card import ATR, Gone, VirtualCard

FIRST_PORT: Final = 35_963
"""Debian's vpcd has two readers, on this port and the next."""
_POWER_OFF: Final = b"\0"
_POWER_ON: Final = b"\1"
_RESET: Final = b"\2"
_ATR: Final = b"\4"
_CONNECT_SECONDS: Final = 5


class NoVirtualReader(KioskError):
    """仮想カードリーダー(vpcd)がありません。apt-get install pcscd vsmartcard-vpcd のあと pcscd を起動してください。 /
    There is no virtual reader (vpcd). Run apt-get install pcscd vsmartcard-vpcd, and start pcscd."""


def lie_in_reader(card: VirtualCard, port: int, host: str = "127.0.0.1") -> None:
    """Answer the reader until it lets go or the card is taken away. Raises NoVirtualReader."""
    try:
        connection = socket.create_connection((host, port), timeout=_CONNECT_SECONDS)
    except OSError:
        raise NoVirtualReader from None
    with connection:
        connection.settimeout(None)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            _serve(card, connection)
        except (Gone, ConnectionError):
            return


def _serve(card: VirtualCard, connection: socket.socket) -> None:
    while (message := _receive(connection)) is not None:
        answer = _answer(card, message)
        if answer is not None:
            connection.sendall(len(answer).to_bytes(2) + answer)


def _answer(card: VirtualCard, message: bytes) -> bytes | None:
    if message == _ATR:
        return ATR
    if message in {_POWER_OFF, _POWER_ON, _RESET}:
        card.reset()
        return None
    return card.answer(message)


def _receive(connection: socket.socket) -> bytes | None:
    head = _exactly(connection, 2)
    return None if head is None else _exactly(connection, int.from_bytes(head))


def _exactly(connection: socket.socket, length: int) -> bytes | None:
    content = b""
    while len(content) < length:
        # Linux waits with its acknowledgement otherwise, and each command takes 40 ms.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        part = connection.recv(length - len(content))
        if not part:
            return None
        content += part
    return content
