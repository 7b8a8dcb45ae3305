"""Taking a command apart as strictly as ISO/IEC 7816-3 lets one (cases 1 to 4, short and extended)."""

from dataclasses import dataclass, field
from typing import Final

_HEADER: Final = 4
_SHORT: Final = 256
_EXTENDED: Final = 65_536


class LengthWrong(Exception):
    """6700: the lengths do not add up."""


@dataclass(frozen=True, slots=True)
class Received:
    """A command as the card sees it; `expected` is None without Le."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = field(repr=False)
    expected: int | None
    extended: bool

    @property
    def head(self) -> tuple[int, int, int, int]:
        """CLA, INS, P1 and P2."""
        return self.cla, self.ins, self.p1, self.p2


def receive(raw: bytes) -> Received:
    """Take the command apart. Raises LengthWrong."""
    if len(raw) < _HEADER:
        raise LengthWrong
    head, body = raw[:_HEADER], raw[_HEADER:]
    if len(body) >= 3 and body[0] == 0:  # noqa: PLR2004 - a zero, then two bytes of Lc or Le
        data, rest = _data(body[1:], 2) if len(body) > 3 else (b"", body[1:])  # noqa: PLR2004 - as above
        return _received(head, data, _expected(rest, 2, _EXTENDED), extended=True)
    data, rest = _data(body, 1) if len(body) > 1 else (b"", body)
    return _received(head, data, _expected(rest, 1, _SHORT), extended=False)


def _received(head: bytes, data: bytes, expected: int | None, *, extended: bool) -> Received:
    cla, ins, p1, p2 = head
    return Received(cla, ins, p1, p2, data, expected, extended)


def _data(body: bytes, width: int) -> tuple[bytes, bytes]:
    length, rest = int.from_bytes(body[:width]), body[width:]
    if length == 0 or len(rest) < length:
        raise LengthWrong
    return rest[:length], rest[length:]


def _expected(rest: bytes, width: int, most: int) -> int | None:
    if not rest:
        return None
    if len(rest) != width:
        raise LengthWrong
    return int.from_bytes(rest) or most
