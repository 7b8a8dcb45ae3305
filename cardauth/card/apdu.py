"""Commands and answers as ISO/IEC 7816-4 writes them, with short and extended lengths."""

from dataclasses import dataclass, field, replace
from typing import Final, Self

from cardauth.card.errors import CardMisbehaved

SHORT_DATA: Final = 255
SHORT_EXPECTED: Final = 256
EXTENDED_EXPECTED: Final = 65_536
_BYTE: Final = 0xFF
_STATUS_BYTES: Final = 2


@dataclass(frozen=True, slots=True)
class Command:
    """A command without a secret in it; `verify_command` writes the one that has.

    `expected` is Le in bytes (1 to 256, extended to 65,536), None for no answer data.
    """

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = field(default=b"", repr=False)
    expected: int | None = None
    extended: bool = False

    def __post_init__(self) -> None:
        most_data, most_expected = _bounds(extended=self.extended)
        if not all(0 <= byte <= _BYTE for byte in (self.cla, self.ins, self.p1, self.p2)):
            raise ValueError("a header byte is out of range")
        if len(self.data) > most_data or not 1 <= (self.expected or 1) <= most_expected or self.expected == 0:
            raise ValueError("a length is out of range")

    def encode(self) -> bytearray:
        """The bytes that are sent."""
        head = bytearray((self.cla, self.ins, self.p1, self.p2))
        return head + (self._extended_body() if self.extended else self._short_body())

    def expecting(self, expected: int) -> Self:
        """The same command with another Le."""
        return replace(self, expected=expected)

    def _short_body(self) -> bytes:
        body = bytes((len(self.data),)) + self.data if self.data else b""
        return body if self.expected is None else body + bytes((self.expected % SHORT_EXPECTED,))

    def _extended_body(self) -> bytes:
        body = b"\0" + len(self.data).to_bytes(2) + self.data if self.data else b""
        if self.expected is None:
            return body
        return body + (b"" if self.data else b"\0") + (self.expected % EXTENDED_EXPECTED).to_bytes(2)


@dataclass(frozen=True, slots=True)
class Response:
    """An answer: its data, and the status word (SW1 SW2)."""

    data: bytes = field(repr=False)
    status: int

    @property
    def sw1(self) -> int:
        """The first byte of the status word."""
        return self.status >> 8

    @property
    def sw2(self) -> int:
        """The second byte of the status word."""
        return self.status & _BYTE


def read_response(raw: bytes) -> Response:
    """Take an answer apart; raises CardMisbehaved when it has no status word, or one that ISO 7816-4 does not know."""
    if len(raw) < _STATUS_BYTES:
        raise CardMisbehaved
    response = Response(bytes(raw[:-2]), int.from_bytes(raw[-2:]))
    if response.sw1 >> 4 not in {0x6, 0x9} or response.sw1 == 0x60:  # noqa: PLR2004 - ISO/IEC 7816-3: the NULL byte
        raise CardMisbehaved(response.status)
    return response


def _bounds(*, extended: bool) -> tuple[int, int]:
    return (EXTENDED_EXPECTED - 1, EXTENDED_EXPECTED) if extended else (SHORT_DATA, SHORT_EXPECTED)
