"""Items as a clerk types and reads them: from a text of a form to the value of an item, and back."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Final

from civil.recorded_date import RecordedDate, UnacceptableDate
from civil.sex import Sex
from registry.residents.errors import ItemMalformed
from registry.residents.event import ItemValue
from registry.residents.event_json import DATES, RECORDED_DATES
from registry.residents.f1_items import FURTHER
from registry.residents.person_record import ITEM_NAMES, SealedMyNumber
from registry.residents.text_rules import CATEGORIES
from registry.residents.typed_dates import DateNotUnderstood, typed_days

TypedValue = ItemValue | int | tuple[str | None, ...] | tuple[date | None, ...]
SEXES: Final = {"男": Sex.MALE, "女": Sex.FEMALE, "不明": Sex.UNKNOWN}
FLAGS: Final = {"はい": True, "いいえ": False}
_LIST: Final = re.compile(r"LIST<(.+)>")
_NO_DAY: Final = "1980-04-02、昭和55年4月2日、S55.4.2 の形で入力してください。 / Write 1980-04-02 or S55.4.2."
_NO_DATE: Final = (
    "1980-04-02、昭和55年4月2日、S55.4.2 の形で、日が分からないときは 昭和55年4月日不詳、昭和55年頃、年月日不詳 のように入力してください。 / "
    "Write 1980-04-02 or S55.4.2; of a day that is not known 昭和55年4月日不詳."
)


class Entered(StrEnum):
    """What sort of field an item is entered in."""

    TEXT = "text"
    DAY = "day"
    DATE = "date"
    """A day, or a text in the place of one (不詳日)."""
    CHOICE = "choice"
    NUMBER = "number"
    LIST = "list"


def entered_in(item: str) -> Entered:
    """Return the sort of field."""
    kind = FURTHER[item].type if item in FURTHER else ""
    if item in RECORDED_DATES:
        return Entered.DATE
    if item in DATES or kind == "DATE":
        return Entered.DAY
    if choices_of(item):
        return Entered.CHOICE
    return Entered.LIST if kind.startswith("LIST") else Entered.NUMBER if kind == "INT" else Entered.TEXT


def choices_of(item: str) -> Sequence[str]:
    """Return the closed table of an item, or nothing."""
    if item == "sex":
        return tuple(SEXES)
    if item == "article_30_45_category":
        return CATEGORIES
    if item not in FURTHER:
        return ()
    return tuple(FLAGS) if FURTHER[item].type == "FLAG" else FURTHER[item].values


def item_text(value: object) -> str:
    """Return what stands in the field; an exact day as YYYY-MM-DD, a list by its lines, a sealed My Number as nothing."""
    if value is None or isinstance(value, SealedMyNumber):
        return ""
    if isinstance(value, RecordedDate):
        return value.text if value.text is not None else str(value.on)
    if isinstance(value, Sex):
        return next(word for word, sex in SEXES.items() if sex is value)
    if isinstance(value, bool):
        return next(word for word, flag in FLAGS.items() if flag is value)
    return "\n".join(item_text(one) for one in value) if isinstance(value, tuple) else str(value)


def typed_item(item: str, typed: str) -> TypedValue:
    """Return the value of an item; None of an empty text. Raises ItemMalformed. A My Number is sealed elsewhere."""
    text = typed.strip(" \t\r\n\u3000")
    if not text:
        return None
    if item in RECORDED_DATES:
        return _recorded(item, text)
    if item == "sex":
        return _chosen(item, SEXES, text)
    if item in DATES:
        return _day(item, text)
    return _further(item, FURTHER[item].type, text) if item in FURTHER else text


def _further(item: str, kind: str, text: str) -> TypedValue:
    if kind == "FLAG":
        return _chosen(item, FLAGS, text)
    if kind == "DATE":
        return _day(item, text)
    if kind == "INT":
        if not (text.isascii() and text.isdecimal()):
            raise _malformed(item, "数字で入力してください。 / Digits, please.")
        return int(text)
    if listed := _LIST.fullmatch(kind):
        lines = [line.strip() for line in text.splitlines()]
        if listed[1] == "DATE":
            return tuple(_day(item, line) if line else None for line in lines)
        return tuple(line or None for line in lines)
    return text


def _chosen(item: str, table: Mapping[str, Sex] | Mapping[str, bool], text: str) -> Sex | bool:
    if text not in table:
        raise _malformed(item, "一覧から選んでください。 / Choose from the list.")
    return table[text]


def _day(item: str, text: str) -> date:
    try:
        first, last = typed_days(text)
    except DateNotUnderstood:
        raise _malformed(item, _NO_DAY) from None
    if first != last:
        raise _malformed(item, _NO_DAY)
    return first


def _recorded(item: str, text: str) -> RecordedDate:
    try:
        first, last = typed_days(text)
    except DateNotUnderstood:
        first, last = date.min, date.max
    if first == last:
        return RecordedDate(first)
    try:
        uncertain = RecordedDate.uncertain(text)
        days = uncertain.possible_days()
        return uncertain if days is None else RecordedDate.uncertain(text, days[0])
    except UnacceptableDate:
        raise _malformed(item, _NO_DATE) from None


def _malformed(item: str, why: str) -> ItemMalformed:
    return ItemMalformed(item, ITEM_NAMES[item], why)
