"""The items that few people have (学区, 被保険者資格, 転出先の内訳, the free slots …): what each may hold, and how they are written."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from civil.check_digits import municipality_code_ok
from civil.text import UnacceptableText, require_printable
from registry.residents.errors import ItemMalformed
from registry.residents.f1_items import FURTHER, F1Item

FurtherValue = str | int | bool | date | tuple[str | None, ...] | tuple[date | None, ...]
FurtherItems = Mapping[str, FurtherValue]
"""Only what is there: an item that nobody entered is not a key."""

_TEXT_TYPE: Final = re.compile(r"N(\d+)")
_LIST_TYPE: Final = re.compile(r"LIST<(.+)>")
_MOST_IN_A_LIST: Final = 16
"""F2 carries sixteen groups of 通称履歴."""
_LARGEST_INT: Final = 2**31 - 1


def _matches(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda value: compiled.fullmatch(value) is not None


_STRINGS: Final[Mapping[str, tuple[Callable[[str], bool], str]]] = {
    "MUNICIPALITY": (
        lambda value: value.isascii() and municipality_code_ok(value),
        "全国地方公共団体コード6桁(検査数字付き)です。 / A municipality code of six digits with its check digit, please.",
    ),
    "POSTAL": (_matches(r"[0-9]{7}"), "数字7桁で入力してください。 / Seven digits, please."),
    "TELEPHONE": (_matches(r"[0-9-]{1,15}"), "数字とハイフン15字までです。 / Digits and hyphens, up to 15, please."),
    "NUMBERED": (_matches(r"[0-9]{1,15}"), "数字15桁までです。 / Up to fifteen digits, please."),
    "TOWN": (_matches(r"[0-9]{7,12}"), "町字コード(数字7から12桁)です。 / A town code of 7 to 12 digits, please."),
    "X3": (_matches(r"[A-Z]{3}"), "英大文字3字です。 / Three capital letters, please."),
    "X10": (_matches(r"[0-9A-Za-z]{1,10}"), "英数字10字までです。 / Up to ten letters and digits, please."),
    "X10D": (_matches(r"[0-9]{10}"), "数字10桁で入力してください。 / Ten digits, please."),
    "MONTH": (_matches(r"[0-9]{4}-(0[1-9]|1[0-2])"), "YYYY-MM の形です。 / Write YYYY-MM."),
}


def require_further(items: Mapping[str, object]) -> None:
    """Raise ItemMalformed, naming the item and not its content, for what an item cannot hold or for an item that is none."""
    for name, value in items.items():
        if name not in FURTHER:
            raise ItemMalformed("further", "項目", "そのような項目はありません。 / There is no such item.")
        _require(FURTHER[name], FURTHER[name].type, value)


def _require(item: F1Item, kind: str, value: object) -> None:
    if listed := _LIST_TYPE.fullmatch(kind):
        if not isinstance(value, tuple) or len(value) > _MOST_IN_A_LIST:
            raise _malformed(item, "16個までの並びです。 / A list of at most sixteen, please.")
        for one in value:
            if one is not None:
                _require(item, listed[1], one)
        return
    wanted = {"DATE": date, "INT": int, "FLAG": bool}.get(kind, str)
    if type(value) is not wanted:
        raise _malformed(item, "型が違います。 / The value is of a wrong type.")
    if isinstance(value, str):
        _require_string(item, kind, value)
    elif wanted is int and not 0 <= int(str(value)) <= _LARGEST_INT:
        raise _malformed(item, "0以上の整数です。 / A whole number from 0, please.")


def _require_string(item: F1Item, kind: str, value: str) -> None:
    if kind == "CODE":
        if value not in item.values:
            raise _malformed(item, f"次のいずれかです: {'、'.join(item.values)}。 / It is one of a closed table.")
    elif text := _TEXT_TYPE.fullmatch(kind):
        if not value:
            raise _malformed(item, "空です。 / It is empty.")
        try:
            require_printable(item.item, value, int(text[1]))
        except UnacceptableText as fault:
            raise _malformed(item, fault.fault.value) from None
    elif not _STRINGS[kind][0](value):
        raise _malformed(item, _STRINGS[kind][1])


def written(items: FurtherItems) -> str | None:
    """Return the items as the JSON text that the statements take, or None for none."""
    if not items:
        return None
    return json.dumps(items, ensure_ascii=False, default=date.isoformat)


def read(text: str | None) -> dict[str, FurtherValue]:
    """Return the items of a JSON text that a statement gave; what is null is not there."""
    if text is None:
        return {}
    return {
        name: read_value(FURTHER[name].type, value) for name, value in json.loads(text).items() if value is not None
    }


def read_value(kind: str, value: object) -> FurtherValue:
    """Return a value of this type of item from what JSON has for it."""
    if listed := _LIST_TYPE.fullmatch(kind):
        assert isinstance(value, list)  # noqa: S101 - the column is an array
        if listed[1] == "DATE":
            return tuple(None if one is None else date.fromisoformat(one) for one in value)
        return tuple(value)
    if kind == "DATE":
        return date.fromisoformat(str(value))
    assert isinstance(value, str | int)  # noqa: S101 - booleans are integers
    return value


def _malformed(item: F1Item, why: str) -> ItemMalformed:
    return ItemMalformed(item.name, item.item, why)
