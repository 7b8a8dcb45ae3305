"""Base45 (RFC 9285): bytes in the characters that a QR code packs tightest and that every reader gives back as text."""

from typing import Final

from keys.cose import StatementMalformed

_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES: Final = {character: value for value, character in enumerate(_ALPHABET)}
_BASE: Final = 45


def to_base45(content: bytes) -> str:
    """Three characters for two bytes, two for a last single one."""
    return "".join(_characters(content[start : start + 2]) for start in range(0, len(content), 2))


def from_base45(text: str) -> bytes:
    """The bytes again. Raises StatementMalformed for a text that `to_base45` does not make."""
    try:
        return b"".join(_bytes(text[start : start + 3]) for start in range(0, len(text), 3))
    except (KeyError, OverflowError):
        raise StatementMalformed from None


def _characters(piece: bytes) -> str:
    rest = int.from_bytes(piece, "big")
    found = []
    for _ in range(len(piece) + 1):
        rest, value = divmod(rest, _BASE)
        found.append(_ALPHABET[value])
    return "".join(found)


def _bytes(piece: str) -> bytes:
    if len(piece) == 1:
        raise StatementMalformed
    value: int = sum(_VALUES[character] * _BASE**place for place, character in enumerate(piece))
    return value.to_bytes(len(piece) - 1, "big")
