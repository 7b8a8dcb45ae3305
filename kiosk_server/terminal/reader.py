"""What the terminal needs of a card reader, and a reader without a device for the demo and the tests."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from cardauth.card import CardRemoved, Transport
from kiosk_server.demo.virtual_card import InProcessTransport, VirtualCard


class Reader(Protocol):
    """One reader. Its methods may block for as long as a card takes; call them in a thread."""

    is_virtual: bool

    def is_present(self) -> bool:
        """Whether a card lies on the reader."""
        ...

    def connect(self) -> AbstractContextManager[Transport]:
        """The card that lies there, powered up anew, and reset at the end. Raises CardRemoved, TransportFault."""
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

    def is_present(self) -> bool:
        """Whether a card lies there."""
        return self._card is not None

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
