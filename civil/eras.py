"""The eras of the Japanese calendar, and dates as they are printed.

A new era is one more line at the end of ERAS.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from civil.errors import KioskError


@dataclass(frozen=True, slots=True)
class Era:
    """An era (元号) and its first day. The first day of a new era is printed in the new era."""

    name: str
    starts: date

    def western_year(self, year: int) -> int:
        """Return the western year of a year of this era, counted from 1."""
        return self.starts.year + year - 1


ERAS = (
    Era("明治", date(1868, 10, 23)),
    Era("大正", date(1912, 7, 30)),
    Era("昭和", date(1926, 12, 25)),
    Era("平成", date(1989, 1, 8)),
    Era("令和", date(2019, 5, 1)),
)
"""Oldest first. The edges of Meiji/Taisho and Taisho/Showa are days that belong to both eras."""

FIRST_SOLAR_DATE = date(1873, 1, 1)
"""明治6年1月1日: the first day of the solar calendar in Japan (明治5年太政官布告337号)."""

_SHARED_EDGES = frozenset({"大正", "昭和"})


class DateBeforeSolarCalendar(KioskError):
    """明治6年(1873年)より前の日付は換算できません。 / Dates before Meiji 6 (1873) cannot be converted."""


def era_of(day: date) -> Era:
    """Return the era a day is printed in; raises DateBeforeSolarCalendar before 1873."""
    if day < FIRST_SOLAR_DATE:
        raise DateBeforeSolarCalendar
    return next(era for era in reversed(ERAS) if era.starts <= day)


def era_span(era: Era) -> tuple[date, date]:
    """Return the first and the last day that may be written in this era, both included.

    明治45年7月30日 and 大正15年12月25日 may be written although they are printed in the later era: the change took effect
    within the day. The present era has no last day: date.max.
    """
    for this, following in pairwise(ERAS):
        if this == era:
            shared = following.name in _SHARED_EDGES
            return era.starts, following.starts if shared else following.starts - timedelta(days=1)
    return era.starts, date.max


def wareki(day: date) -> str:
    """Return a day in the Japanese calendar, 令和8年11月23日; the first year of an era is 元年.

    Raises DateBeforeSolarCalendar before 1873.
    """
    era = era_of(day)
    year = day.year - era.starts.year + 1
    return f"{era.name}{'元' if year == 1 else year}年{day.month}月{day.day}日"


def era_year(day: date) -> str:
    """Return the year of a day in the Japanese calendar, 令和8年; raises DateBeforeSolarCalendar before 1873."""
    return wareki(day).partition("年")[0] + "年"


def seireki(day: date) -> str:
    """Return a day in the western calendar, 2026年11月23日."""
    return f"{day.year}年{day.month}月{day.day}日"
