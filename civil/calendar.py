"""The Japanese calendar: JST dates, eras, and age by law."""

from datetime import UTC, date, datetime, time, timedelta, timezone

from civil.age import age_on, attained
from civil.eras import (
    ERAS,
    FIRST_SOLAR_DATE,
    DateBeforeSolarCalendar,
    Era,
    era_of,
    seireki,
    wareki,
)
from civil.errors import KioskError

__all__ = [
    "ERAS",
    "FIRST_SOLAR_DATE",
    "JST",
    "DateBeforeSolarCalendar",
    "Era",
    "InstantWithoutZone",
    "age_on",
    "attained",
    "era_of",
    "jst_date",
    "jst_midnight",
    "seireki",
    "wareki",
]

JST = timezone(timedelta(hours=9), "JST")
"""Japan has no daylight saving time."""


class InstantWithoutZone(KioskError):
    """時刻に時間帯がありません。 / The instant has no time zone."""


def jst_date(instant: datetime) -> date:
    """Return the date that a calendar on a wall in Japan shows at an instant; raises InstantWithoutZone if naive."""
    if instant.tzinfo is None:
        raise InstantWithoutZone
    return instant.astimezone(JST).date()


def jst_midnight(day: date) -> datetime:
    """Return the instant, in UTC, at which a day begins in Japan."""
    return datetime.combine(day, time(), JST).astimezone(UTC)
