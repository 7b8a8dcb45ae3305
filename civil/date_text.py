"""The texts a register may hold in place of a day (不詳日), and the days each can mean.

Accepted, with a western year (1960年, 西暦1960年) or an era year (昭和10年, 令和元年), in ASCII or full-width digits:

- 年月日不詳; 昭和10年月日不詳; 昭和10年3月日不詳
- 昭和10年頃, 昭和10年3月頃, 昭和10年3月5日頃; 昭和10年春 (夏, 秋, 冬); 昭和10年3月上旬 (中旬, 下旬), each also with 頃
- 推定 before any of these, or before a plain year, month or day
- …から…までの間, where the second part may leave out the year, or the year and the month
- a day that no calendar has (平成13年2月29日), and the last day of an era that is printed in the next (明治45年7月30日,
  大正15年12月25日)
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from civil.eras import ERAS, FIRST_SOLAR_DATE, Era, era_span, wareki
from civil.errors import KioskError

DaySpan = tuple[date, date]
"""The first and the last day, both included."""

_UNKNOWN_DAY = "年月日不詳"
_ESTIMATED = "推定"
_MONTHS = 12
_LONGEST_MONTH = 31
_THIRDS = {"上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 31)}

_NUMBER = r"[0-9０-９]"
_YEAR = rf"(?:(?P<era>{'|'.join(era.name for era in ERAS)})(?P<era_year>元|{_NUMBER}{{1,2}})|(?:西暦)?(?P<western>{_NUMBER}{{4}}))年"
_POINT = re.compile(
    rf"(?:{_YEAR})?(?:(?P<month>{_NUMBER}{{1,2}})月)?(?:(?P<day>{_NUMBER}{{1,2}})日)?"
    r"(?P<ending>月日不詳|日不詳|[春夏秋冬]頃?|[上中下]旬頃?|頃)?"
)
_RANGE = re.compile(r"(?P<first>.+?)から(?P<last>.+)までの間")
_ENDINGS = {
    "year": re.compile(r"月日不詳|[春夏秋冬]頃?|頃"),
    "month": re.compile(r"日不詳|[上中下]旬頃?|頃"),
    "day": re.compile(r"頃"),
}


class UnacceptableDate(KioskError):
    """日付の書き方が認められた形ではありません。 / The date is not written in an accepted form."""


@dataclass(frozen=True, slots=True)
class _Point:
    era: Era | None
    year: int
    month: int | None
    day: int | None
    ending: str

    @property
    def is_lunar(self) -> bool:
        return self.year < FIRST_SOLAR_DATE.year


def possible_days(text: str) -> DaySpan | None:
    """Return the days a text can mean, or None where it sets no bound (推定, 頃, 年月日不詳, the old lunar calendar).

    A day that no calendar has can mean the last day of its month or the first of the next. Raises UnacceptableDate.
    """
    _, days = _read(text)
    return days


def require_sortable(text: str, sortable: date | None) -> None:
    """Raise UnacceptableDate unless the text is accepted and the sortable day lies in the years it names."""
    years, _ = _read(text)
    if sortable is not None and years is not None and not years[0] <= sortable.year <= years[1]:
        raise UnacceptableDate


def _read(text: str) -> tuple[tuple[int, int] | None, DaySpan | None]:
    """Return the years a text names and the days it can mean."""
    if text == _UNKNOWN_DAY:
        return None, None
    estimated = text.startswith(_ESTIMATED)
    body = text.removeprefix(_ESTIMATED)
    between = _RANGE.fullmatch(body)
    first = _read_point(between["first"] if between else body, None)
    last = _read_point(between["last"], first) if between else first
    if not between and not estimated and not _stands_alone(first):
        raise UnacceptableDate
    years = None if first.is_lunar or last.is_lunar else (first.year, last.year)
    return years, None if estimated else _span(first, last)


def _span(first: _Point, last: _Point) -> DaySpan | None:
    earliest, latest = _days_of(first), _days_of(last)
    if earliest is None or latest is None:
        return None
    if earliest[0] > latest[1]:
        raise UnacceptableDate
    return earliest[0], latest[1]


def _read_point(text: str, before: _Point | None) -> _Point:
    """Read one point in time; `before` lends what the second part of a range leaves out."""
    match = _POINT.fullmatch(text)
    if match is None or not text:
        raise UnacceptableDate
    month, day = _number(match["month"]), _number(match["day"])
    era, year = _read_year(match)
    if year is None:
        if before is None or (month is None and day is None):
            raise UnacceptableDate
        era, year = before.era, before.year
        month = before.month if month is None else month
    point = _Point(era, year, month, day, match["ending"] or "")
    _require_possible(point)
    return point


def _read_year(match: re.Match[str]) -> tuple[Era | None, int | None]:
    if match["western"]:
        return None, int(match["western"])
    if not match["era"]:
        return None, None
    era = next(era for era in ERAS if era.name == match["era"])
    year = 1 if match["era_year"] == "元" else int(match["era_year"])
    if year < 1:
        raise UnacceptableDate
    return era, era.western_year(year)


def _number(digits: str | None) -> int | None:
    return None if digits is None else int(digits)


def _require_possible(point: _Point) -> None:
    resolution = "year" if point.month is None else "month" if point.day is None else "day"
    if point.ending and not _ENDINGS[resolution].fullmatch(point.ending):
        raise UnacceptableDate
    if point.month is None and point.day is not None:
        raise UnacceptableDate
    for number, most in ((point.month, _MONTHS), (point.day, _LONGEST_MONTH)):
        if number is not None and not 1 <= number <= most:
            raise UnacceptableDate
    if point.is_lunar and point.era is None:
        raise UnacceptableDate
    if not point.is_lunar:
        _within_era(point, _calendar_days(point))


def _stands_alone(point: _Point) -> bool:
    """Tell whether a point is a text of its own: with an ending, or a day that has no other way to be written."""
    if point.ending or point.month is None or point.day is None:
        return bool(point.ending)
    if point.is_lunar or point.day > _month_length(point.year, point.month):
        return True
    # An ordinary day is a date, not a text.
    shown = date(point.year, point.month, point.day)
    return point.era is not None and not wareki(shown).startswith(point.era.name)


def _days_of(point: _Point) -> DaySpan | None:
    if point.is_lunar or point.ending.endswith("頃"):
        return None
    return _within_era(point, _calendar_days(point))


def _calendar_days(point: _Point) -> DaySpan:
    if point.month is None:
        return date(point.year, 1, 1), date(point.year, 12, 31)
    length = _month_length(point.year, point.month)
    if point.day is not None and point.day > length:
        last = date(point.year, point.month, length)
        return last, last + timedelta(days=1)
    first_day, last_day = _THIRDS.get(point.ending.removesuffix("頃"), (1, length))
    if point.day is not None:
        first_day = last_day = point.day
    return date(point.year, point.month, first_day), date(point.year, point.month, min(last_day, length))


def _within_era(point: _Point, days: DaySpan) -> DaySpan:
    if point.era is None:
        return days
    begins, ends = era_span(point.era)
    first, last = max(days[0], begins), min(days[1], ends)
    if first > last:
        raise UnacceptableDate
    return first, last


def _month_length(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]
