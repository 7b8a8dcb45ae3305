"""Text that may be stored and printed: NFC, visible, bounded. IVS are kept and widths are never folded."""

import unicodedata
from enum import Enum
from functools import lru_cache
from typing import Self

from civil.errors import KioskError

_MOST_MARKS = 4
_REMEMBERED = 8_192
"""Characters whose kind is remembered: files ask for those of a city's names again and again."""
_PLAIN_SPACES = frozenset(" \u3000")


class TextFault(Enum):
    """Why a text is not acceptable; the value is what a person reads."""

    CONTROL = "制御文字・改行 / a control character or line break"
    INVISIBLE = "書字方向などの見えない文字 / a bidirectional or other invisible character"
    SURROGATE = "不正な符号(サロゲート) / a lone surrogate"
    NONCHARACTER = "文字でない符号 / a noncharacter"
    PRIVATE_USE = "外字 / a private-use character (gaiji)"
    SPACE = "通常の空白以外の空白 / a space other than the plain half- and full-width ones"
    STRAY_MARK = "基底文字のない、または多すぎる結合文字 / a mark without a base character, or too many marks"
    NOT_NFC = "正規化されていない文字(NFC) / text not in Unicode form NFC"
    TOO_LONG = "文字数超過 / too many characters"


class UnacceptableText(KioskError):
    """登録・印刷できない文字が含まれています。 / The text contains something that cannot be stored and printed.

    `field` names where, `fault` says why. The text itself is never part of the message.
    """

    def __init__(self, field: str, fault: TextFault) -> None:
        """Take the name of the field and what is wrong with its text."""
        super().__init__(f"{field}: {fault.value}")
        self.field = field
        self.fault = fault

    def __reduce__(self) -> tuple[type[Self], tuple[str, TextFault]]:
        """Cross a process boundary with both parts."""
        return type(self), (self.field, self.fault)


def require_printable(field: str, value: str, max_graphemes: int) -> str:
    """Return the value unchanged, or raise UnacceptableText naming the field, never the value.

    The limit counts graphemes: a character with its variation selector is one. CJK compatibility ideographs that NFC
    replaces are refused as NOT_NFC; they are written as the unified ideograph with a variation selector. An empty text
    is acceptable.
    """
    fault = text_fault(value)
    # There are no more graphemes than characters, and most texts are short.
    if fault is None and len(value) > max_graphemes and len(graphemes(value)) > max_graphemes:
        fault = TextFault.TOO_LONG
    if fault is not None:
        raise UnacceptableText(field, fault)
    return value


def text_fault(value: str) -> TextFault | None:
    """Return the first thing wrong with a text, its length apart, or None."""
    for fault in map(_character_fault, value):
        if fault is not None:
            return fault
    if any(map(is_mark, value)) and any(
        is_mark(cluster[0]) or len(cluster) > 1 + _MOST_MARKS for cluster in graphemes(value)
    ):
        return TextFault.STRAY_MARK
    return None if unicodedata.is_normalized("NFC", value) else TextFault.NOT_NFC


def graphemes(value: str) -> tuple[str, ...]:
    """Split a text so that a character stays with its variation selectors and combining marks.

    Joining the parts gives the text again. A mark that begins the text is a part of its own.
    """
    clusters: list[str] = []
    for character in value:
        if clusters and is_mark(character):
            clusters[-1] += character
        else:
            clusters.append(character)
    return tuple(clusters)


@lru_cache(_REMEMBERED)
def is_mark(character: str) -> bool:
    """Whether a character belongs to the one before it."""
    # Variation selectors, those of the IVS included, are nonspacing marks.
    return unicodedata.category(character).startswith("M")


_FAULT_OF_CATEGORY = {
    "Cc": TextFault.CONTROL,
    "Zl": TextFault.CONTROL,
    "Zp": TextFault.CONTROL,
    "Cf": TextFault.INVISIBLE,
    "Cs": TextFault.SURROGATE,
    "Co": TextFault.PRIVATE_USE,
}


@lru_cache(_REMEMBERED)
def _character_fault(character: str) -> TextFault | None:
    category = unicodedata.category(character)
    if category == "Zs":
        return None if character in _PLAIN_SPACES else TextFault.SPACE
    if category == "Cn":
        # Unassigned here may be assigned in a newer Unicode (CJK extensions); a noncharacter never will be.
        return TextFault.NONCHARACTER if _is_noncharacter(ord(character)) else None
    return _FAULT_OF_CATEGORY.get(category)


def _is_noncharacter(code: int) -> bool:
    return 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE  # noqa: PLR2004 - the noncharacters as Unicode numbers them
