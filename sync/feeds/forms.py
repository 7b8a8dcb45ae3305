"""How another system writes a value, turned into the way our feeds have it: by rule, or refused."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from civil.calendar import ERAS, JST, Era
from civil.eras import era_span

PADDING: Final = " \u3000"
_DATE: Final = re.compile(r"(\d{4})([-/]?)(\d{2})\2(\d{2})", re.ASCII)
_ERA_DATE: Final = re.compile(r"([1-5MTSHR])(\d{2})(\d{2})(\d{2})", re.ASCII)
_INSTANT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})?", re.ASCII)
_NUMBER: Final = re.compile(r"0*(\d{1,15})", re.ASCII)
_AMOUNT: Final = re.compile(r"([+-]?)0*(\d{1,15})", re.ASCII)


class NotOfTheForm(ValueError):
    """What a person reads about a value that is not written so."""


def as_it_is(text: str) -> str:
    """Nothing is changed."""
    return text


def number(text: str) -> str:
    """A whole number, leading zeros and spaces taken away; empty stays empty."""
    text = text.strip(" ")
    return _matched(_NUMBER, text, "数字です。 / It is digits.").group(1) if text else ""


def amount(text: str) -> str:
    """Yen, `-` or `+` before them, leading zeros and spaces taken away; empty stays empty."""
    text = text.strip(" ")
    if not text:
        return ""
    found = _matched(_AMOUNT, text, "符号と数字です。 / It is a sign and digits.")
    return found.group(2) if found.group(1) != "-" or found.group(2) == "0" else f"-{found.group(2)}"


def day(text: str) -> str:
    """YYYYMMDD, YYYY-MM-DD or YYYY/MM/DD as YYYY-MM-DD; empty or nothing but zeros is no date."""
    if not text.strip("0/-"):
        return ""
    found = _matched(_DATE, text, "YYYYMMDD の日付です。 / It is a date, YYYYMMDD.")
    return _date(int(found.group(1)), int(found.group(3)), int(found.group(4)))


def era_day(text: str) -> str:
    """GYYMMDD as YYYY-MM-DD: G is 1 to 5 or M T S H R for 明治 to 令和; the day must be of that era. Empty or zeros: no date."""
    if not text.strip("0"):
        return ""
    found = _matched(_ERA_DATE, text, "GYYMMDD の日付です。 / It is a date, GYYMMDD.")
    era = ERAS["12345MTSHR".find(found.group(1)) % len(ERAS)]
    written = _date(era.western_year(int(found.group(2))), int(found.group(3)), int(found.group(4)))
    return _of_era(written, era)


def instant(text: str) -> str:
    """YYYYMMDDhhmm or YYYYMMDDhhmmss in JST as an instant with its offset; empty stays empty."""
    if not text:
        return ""
    reason = "YYYYMMDDhhmmss の日時です。 / It is an instant, YYYYMMDDhhmmss."
    found = _matched(_INSTANT, text, reason)
    try:
        return datetime(*(int(part or 0) for part in found.groups()), tzinfo=JST).isoformat()  # type: ignore[misc, arg-type] # six numbers
    except ValueError:
        raise NotOfTheForm(reason) from None


def hexadecimal(text: str) -> str:
    """Hexadecimal digits in lower case."""
    return text.lower() if text.isascii() else text


FORMS: Final[Mapping[str, Callable[[str], str]]] = MappingProxyType(
    {
        "text": as_it_is,
        "as it is": as_it_is,
        "number": number,
        "amount": amount,
        "date": day,
        "era date": era_day,
        "instant": instant,
        "hex": hexadecimal,
    }
)


def _matched(pattern: re.Pattern[str], text: str, reason: str) -> re.Match[str]:
    found = pattern.fullmatch(text)
    if found is None:
        raise NotOfTheForm(reason)
    return found


def _date(year: int, month: int, day_of_month: int) -> str:
    try:
        return date(year, month, day_of_month).isoformat()
    except ValueError:
        raise NotOfTheForm("暦にない日付です。 / There is no such day.") from None


def _of_era(written: str, era: Era) -> str:
    first, last = era_span(era)
    if not first.isoformat() <= written <= last.isoformat():
        raise NotOfTheForm("その元号の日付ではありません。 / The day is not of that era.")
    return written
