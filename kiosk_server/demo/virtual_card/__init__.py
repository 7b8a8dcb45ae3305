"""A STRICT FAKE of a My Number Card, for the demo and the tests. It refuses what a real card forgives."""

from kiosk_server.demo.virtual_card.card import VirtualCard
from kiosk_server.demo.virtual_card.contents import Behaviour, CardContents, Counter, MemoryCounter
from kiosk_server.demo.virtual_card.in_process import InProcessTransport

__all__ = ["Behaviour", "CardContents", "Counter", "InProcessTransport", "MemoryCounter", "VirtualCard"]
