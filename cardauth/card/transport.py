"""What carries commands to a card: a PC/SC reader, or a virtual card in the same process."""

from typing import Protocol


class Transport(Protocol):
    """One card from its insertion to its removal, one command at a time."""

    def send(self, command: bytearray) -> bytes:
        """Return the card's raw answer with its two status bytes at the end.

        Keeps no copy of the command: the caller wipes it. Raises CardRemoved, CardReset, TransportFault.
        """
        ...
