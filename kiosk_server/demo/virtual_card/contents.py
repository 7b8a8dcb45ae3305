"""What is on a virtual card, how it behaves, and the PIN counter that outlives every process."""

from dataclasses import dataclass, field
from typing import Final, Protocol

from kiosk_server.demo.jpki.issuing import CardPrivateKey

MOST_TRIES: Final = 3
CARD_LABEL: Final = "JPKIAPICCTOKEN2"


@dataclass(frozen=True, slots=True)
class CardContents:
    """The files, the key and the PIN of an invented card. `pin` is four digits, or None for a card without one."""

    certificate: bytes = field(repr=False)
    ca_certificate: bytes = field(repr=False)
    private_key: CardPrivateKey = field(repr=False)
    pin: str | None = field(repr=False)
    label: str = CARD_LABEL


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the card answers; every default is that of an ordinary card."""

    extended: bool = True
    """Whether it takes extended lengths; else 6700."""
    fetched_answers: bool = False
    """Long answers are announced by 61xx and fetched by GET RESPONSE."""
    names_lengths: bool = False
    """A read past the end is answered by 6Cxx and the right length, instead of by what there is."""
    trailing_bytes: int = 64
    """So many FF stand behind each certificate."""
    slow_seconds: float = 0
    wrong_signature: bool = False
    removed_after: int | None = None
    """The card is gone once it has answered so many commands."""
    counter_says_verified: bool = False
    """The counter query answers 9000 whenever a PIN was ever right, through a new selection too."""


class Counter(Protocol):
    """Where the number of tries left is kept, before a try is answered."""

    def read(self) -> int:
        """Tries left, 0 to 3."""
        ...

    def write(self, left: int) -> None:
        """Keep it durably before returning."""
        ...


class MemoryCounter:
    """A counter that lives with its object."""

    def __init__(self, left: int = MOST_TRIES) -> None:
        self._left = left

    def read(self) -> int:
        """Tries left."""
        return self._left

    def write(self, left: int) -> None:
        """Keep it."""
        self._left = left
