"""Characters of files from other systems: every byte has the one meaning its encoding gives it, or the item has a fault. Nothing is replaced."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from civil.errors import KioskError
from civil.text import text_fault

BYTE_ORDER_MARK: Final = "\ufeff"
CODECS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "utf-8": "utf-8",
        "utf-8-bom": "utf-8",
        "cp932": "cp932",
        "utf-16": "utf-16",
        "utf-16-le": "utf-16-le",
        "utf-16-be": "utf-16-be",
    }
)
"""Encodings by their name in a layout table. `utf-16` and `utf-8-bom` begin with a byte order mark, the others have none."""
DEGRADED: Final = frozenset("〓〿〾?？■□\ufffd\ufffc")
"""What systems write in place of a character they do not have (ゲタ, 外字の代わり)."""
_SUSPECT: Final = re.compile(f"[\ud800-\udfff{re.escape(''.join(sorted(DEGRADED)))}]")
_UNMAPPED: Final = "文字コードにない符号です。 / There is no such character in the encoding."
_LOST: Final = "失われた文字(〓、?、□など)があります。 / A character was lost before (〓, ?, □ …)."


class NotACharacter(KioskError):
    """文字コードにない符号、または途中で切れた文字です。 / A code that the encoding does not have, or half a character."""


def decode(octets: bytes, codec: str) -> str:
    """Exactly what the bytes mean. Raises NotACharacter."""
    try:
        return octets.decode(codec)
    except UnicodeDecodeError:
        raise NotACharacter from None


def decode_marking(octets: bytes, codec: str) -> str:
    """As `decode`, with a lone surrogate for each byte that means nothing, so that the items of a line can still be told apart.

    Raises NotACharacter for half a unit of UTF-16.
    """
    try:
        return octets.decode(codec, "surrogatepass" if codec.startswith("utf-16") else "surrogateescape")
    except UnicodeDecodeError:
        raise NotACharacter from None


def character_fault(text: str) -> str | None:
    """Why a text cannot be what its source meant, or None: bytes without a meaning, or a sign that stands for a lost character."""
    found = _SUSPECT.search(text)
    return None if found is None else _LOST if found.group() in DEGRADED else _UNMAPPED


def is_fit_target(text: str) -> bool:
    """Whether a gaiji may be declared to mean this: something that can be stored and printed."""
    return bool(text) and text_fault(text) is None and character_fault(text) is None
