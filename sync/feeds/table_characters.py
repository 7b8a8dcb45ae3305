"""What a layout table says that gaiji and other codes of a system mean."""

import re
from collections.abc import Mapping
from typing import Final

from sync.feeds.characters import NotACharacter, decode, is_fit_target
from sync.feeds.layout_table import LayoutTableWrong

_CODE_POINT: Final = re.compile(r"U\+([0-9A-F]{4,6})")
_CODE: Final = re.compile(r"[0-9A-F]{4}")


def characters(table: str, told: Mapping[str, object]) -> Mapping[str, str]:
    """`U+E000 = "髙"` or, in CP932, `F040 = "髙"`; also a character itself, where this system means another by it.

    `table` is its name. Raises LayoutTableWrong.
    """
    return {_code(table, code): _meaning(table, code, meaning) for code, meaning in told.items()}


def _code(table: str, code: str) -> str:
    point = _CODE_POINT.fullmatch(code)
    if point is not None and int(point.group(1), 16) <= 0x10FFFF:  # noqa: PLR2004 - the last code point
        return chr(int(point.group(1), 16))
    try:
        text = decode(bytes.fromhex(code), "cp932") if _CODE.fullmatch(code) else code
    except NotACharacter:
        text = ""
    if len(text) != 1:
        reason = "1文字か、U+E000、F040 のような符号です。 / It is one character or its code."
        raise LayoutTableWrong(table, f"characters.{code}", reason)
    return text


def _meaning(table: str, code: str, meaning: object) -> str:
    if not isinstance(meaning, str) or not is_fit_target(meaning):
        reason = "保存・印刷できる文字が要ります。 / It has to be one that can be stored and printed."
        raise LayoutTableWrong(table, f"characters.{code}", reason)
    return meaning
