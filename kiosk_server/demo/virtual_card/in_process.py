"""A reader that is no reader: the virtual card in this very process, for the demo and for tests without PC/SC."""

from cardauth.card import CardRemoved
from kiosk_server.demo.virtual_card.card import Gone, VirtualCard


class InProcessTransport:
    """`cardauth.card.Transport` over a virtual card. Taking it away is final; insert it by making another one."""

    def __init__(self, card: VirtualCard) -> None:
        """Power the card up: it has forgotten what was selected and verified."""
        self._card: VirtualCard | None = card
        card.reset()

    def send(self, command: bytearray) -> bytes:
        """As `Transport.send`. Raises CardRemoved."""
        if self._card is None:
            raise CardRemoved
        try:
            return self._card.answer(bytes(command))
        except Gone:
            self.remove()
            raise CardRemoved from None

    def remove(self) -> None:
        """Take the card away."""
        if self._card is not None:
            self._card.reset()
        self._card = None
