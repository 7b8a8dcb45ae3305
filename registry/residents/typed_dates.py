"""Dates as clerks type them when they search: a day, a month, a year, by the western or the Japanese calendar."""

import calendar
import re
import unicodedata
from datetime import date
from typing import Final

from civil.date_text import DaySpan
from civil.eras import ERAS
from civil.errors import KioskError

# An era that comes is typed by its name, until clerks have a letter for it.
_TYPED_ERAS: Final = {era.name: era for era in ERAS} | dict(zip("MTSHR", ERAS, strict=False))
_TYPED: Final = re.compile(
    rf"(?:(?P<era>{'|'.join(_TYPED_ERAS)})(?P<era_year>元|0?[1-9]|[1-9][0-9])|(?P<year>[0-9]{{4}}))"
    r"(?:[年./-]|$)(?:(?P<month>[0-9]{1,2})(?:[月./-]|$)(?:(?P<day>[0-9]{1,2})日?)?)?"
)
_EIGHT: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")


class DateNotUnderstood(KioskError):
    """生年月日が読み取れません。1980-04-02、昭和55年4月2日、S55.4.2 の形で、月や日が分からなければ 1980-04、昭和55年 のように入力してください。 /
    The birth date cannot be read. Write 1980-04-02 or S55.4.2; leave out a day or month that is not known: 1980-04, S55."""


def typed_days(typed: str) -> DaySpan:
    """Return the first and last day that may be meant. Raises DateNotUnderstood."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", typed)).upper()
    found = _TYPED.fullmatch(_EIGHT.sub(r"\1-\2-\3", plain) if _EIGHT.fullmatch(plain) else plain)
    if found is None:
        raise DateNotUnderstood
    try:
        return _span(_year(found), found["month"], found["day"])
    except ValueError:
        raise DateNotUnderstood from None


def _year(found: re.Match[str]) -> int:
    if found["year"]:
        return int(found["year"])
    return _TYPED_ERAS[found["era"]].western_year(1 if found["era_year"] == "元" else int(found["era_year"]))


def _span(year: int, month: str | None, day: str | None) -> DaySpan:
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    if day is None:
        return date(year, int(month), 1), date(year, int(month), calendar.monthrange(year, int(month))[1])
    return (on := date(year, int(month), int(day))), on
