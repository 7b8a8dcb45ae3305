"""Business days of a Japanese city office: neither Saturday, Sunday, national holiday, nor from 29 December to 3 January."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

FIRST_YEAR: Final = 2022
LAST_YEAR: Final = 2099
"""Between these the Act on National Holidays as it stands, and the usual approximation of the equinoxes, give the days."""

_SUNDAY: Final = 6
_SATURDAY: Final = 5
_MONDAY: Final = 0
_DAY: Final = timedelta(days=1)
_FIXED: Final = ((1, 1), (2, 11), (2, 23), (4, 29), (5, 3), (5, 4), (5, 5), (8, 11), (11, 3), (11, 23))
_MONDAYS: Final = ((1, 2), (7, 3), (9, 3), (10, 2))
"""Month, and which Monday of it."""


def national_holidays(year: int) -> frozenset[date]:
    """国民の祝日 and 休日 of a year (国民の祝日に関する法律2条, 3条). Raises ValueError outside FIRST_YEAR to LAST_YEAR.

    The equinoxes are settled by the Official Gazette in the February before; until then this is the usual approximation.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"national holidays are known from {FIRST_YEAR} to {LAST_YEAR}")
    named = {
        *(date(year, month, day) for month, day in _FIXED),
        *(_nth_monday(year, month, nth) for month, nth in _MONDAYS),
        date(year, 3, _equinox(year, 20.8431)),
        date(year, 9, _equinox(year, 23.2488)),
    }
    return frozenset({*named, *_substitutes(named), *_between(named)})


def is_business_day(day: date, closed: frozenset[date] = frozenset()) -> bool:
    """Whether the office works; ``closed`` are days that this city alone is closed on."""
    at_new_year = (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)
    is_free = day.weekday() >= _SATURDAY or at_new_year or day in closed
    return not is_free and day not in national_holidays(day.year)


def business_day_after(day: date, count: int, closed: frozenset[date] = frozenset()) -> date:
    """The business day that is ``count`` after this day, which itself is not counted (民法140条). ``count`` is at least 1."""
    if count < 1:
        raise ValueError("count begins at 1")
    while count:
        day += _DAY
        count -= is_business_day(day, closed)
    return day


def business_days_left(today: date, until: date, closed: frozenset[date] = frozenset()) -> int:
    """How many business days there are from today to that day, both counted; of a day that is past, how many too many, negative."""
    if until < today:
        return -sum(is_business_day(day, closed) for day in _days(until + _DAY, today))
    return sum(is_business_day(day, closed) for day in _days(today, until))


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += _DAY


def _nth_monday(year: int, month: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(_MONDAY - first.weekday()) % 7, weeks=nth - 1)


def _equinox(year: int, in_1980: float) -> int:
    return int(in_1980 + 0.242194 * (year - 1980)) - (year - 1980) // 4


def _substitutes(named: set[date]) -> Iterator[date]:
    """振替休日: for a holiday on a Sunday, the next day that is none."""
    for day in named:
        if day.weekday() == _SUNDAY:
            following = day + _DAY
            while following in named:
                following += _DAY
            yield following


def _between(named: set[date]) -> Iterator[date]:
    """国民の休日: a day with a holiday on either side."""
    for day in named:
        if day + 2 * _DAY in named and day + _DAY not in named and (day + _DAY).weekday() != _SUNDAY:
            yield day + _DAY
