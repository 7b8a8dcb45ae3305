"""What the terminal needs of a card reader, and a reader without a device for the demo and the tests."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from enum import Enum
from typing import Protocol

from cardauth.card import CardRemoved, Transport
from cardauth.certificate import ReadCertificate
from kiosk_server.demo.virtual_card import InProcessTransport, VirtualCard


class Sight(Enum):
    """What a reader sees."""

    EMPTY = "empty"
    CARD = "card"
    UNUSABLE = "unusable"
    """Nothing can be said: it is not plugged in, its service does not run, or it does not answer."""


class Reader(Protocol):
    """One reader."""

    is_virtual: bool

    def sees(self) -> Sight:
        """What lies there now; never waits for the device."""
        ...

    def takes(self, certificate: ReadCertificate) -> bool:
        """Whether a card with this certificate may be used here; asked before any PIN."""
        ...

    def connect(self) -> AbstractContextManager[Transport]:
        """The card that lies there, powered up anew, and reset at the end; may block for as long as a card takes.

        Raises CardRemoved, TransportFault.
        """
        ...


class VirtualReader:
    """A place for one virtual card in this very process. The screen says that it is no real reader."""

    is_virtual = True

    def __init__(self) -> None:
        self._card: VirtualCard | None = None
        self._connection: InProcessTransport | None = None

    def place(self, card: VirtualCard) -> None:
        """Put a card on it, in place of the one that lay there."""
        self.take()
        self._card = card

    def take(self) -> None:
        """Take the card away; who is talking to it finds that out."""
        if self._connection is not None:
            self._connection.remove()
        self._card = self._connection = None

    def sees(self) -> Sight:
        """As `Reader.sees`."""
        return Sight.EMPTY if self._card is None else Sight.CARD

    def takes(self, certificate: ReadCertificate) -> bool:
        """Every card: those of the rack are the only ones."""
        del certificate
        return True

    @contextmanager
    def connect(self) -> Iterator[Transport]:
        """As `Reader.connect`."""
        card = self._card
        if card is None:
            raise CardRemoved
        self._connection = InProcessTransport(card)
        try:
            yield self._connection
        finally:
            card.reset()
