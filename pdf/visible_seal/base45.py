"""Base45 (RFC 9285): bytes in the characters that a QR code packs tightest and that every reader gives back as text."""

import struct
from itertools import product
from typing import Final

from keys.cose import StatementMalformed

_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES: Final = {character: value for value, character in enumerate(_ALPHABET)}
_BASE: Final = 45
_TWO: Final = _BASE**2
_PAIRS: Final = tuple(low + high for high, low in product(_ALPHABET, repeat=2))
"""Two characters for each number below 45²; the first counts ones."""


def to_base45(content: bytes) -> str:
    """Three characters for two bytes, two for a last single one."""
    pairs = struct.unpack(f">{len(content) // 2}H", content[: len(content) // 2 * 2])
    whole = "".join([_PAIRS[value % _TWO] + _ALPHABET[value // _TWO] for value in pairs])
    return whole + _PAIRS[content[-1]] if len(content) % 2 else whole


def from_base45(text: str) -> bytes:
    """The bytes again. Raises StatementMalformed for a text that `to_base45` does not make."""
    try:
        return b"".join(_bytes(text[start : start + 3]) for start in range(0, len(text), 3))
    except (KeyError, OverflowError):
        raise StatementMalformed from None


def _bytes(piece: str) -> bytes:
    if len(piece) == 1:
        raise StatementMalformed
    value: int = sum(_VALUES[character] * _BASE**place for place, character in enumerate(piece))
    return value.to_bytes(len(piece) - 1, "big")
