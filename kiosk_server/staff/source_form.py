"""The two forms of what staff set of a source of files, and their fields again for the form that confirms."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from civil.errors import KioskError
from kiosk_server.sources.setting import MOST_HOURS
from sync.feeds.status import AgeLimit, SourceStatus

_WEEK: Final = range(1, 8)
_MOST_DAYS: Final = 400
_MOST_PERCENT: Final = 100


class LimitWrong(KioskError):
    """入力に誤りがあります。期限は1〜744時間、ファイルの来ない曜日は6つまで、日付は YYYY-MM-DD を空白で区切り400日までです。何も変えていません。 /
    A field is wrong. The limit is 1 to 744 hours; at most six weekdays; days as YYYY-MM-DD with spaces between them, 400 at most. Nothing was changed."""


class ShareWrong(KioskError):
    """割合は0〜100の整数です。何も変えていません。 / A share is a whole number from 0 to 100. Nothing was changed."""


def limit_of(form: Mapping[str, str]) -> AgeLimit:
    """Raises LimitWrong."""
    hours = _whole(form.get("hours", ""), MOST_HOURS)
    weekdays = [day for day in _WEEK if f"rest_{day}" in form]
    days = _days(form.get("rest_days", ""))
    if not hours or len(weekdays) == len(_WEEK) or days is None:
        raise LimitWrong
    return AgeLimit(timedelta(hours=hours), weekdays, days)


def limit_fields(limit: AgeLimit) -> dict[str, str]:
    """As `limit_of` takes them."""
    fields = {f"rest_{day}": "1" for day in limit.rest_weekdays or ()}
    return fields | {"hours": str(limit.working // timedelta(hours=1)), "rest_days": written(limit.rest_days or ())}


def shares_of(form: Mapping[str, str]) -> tuple[int, int]:
    """What may go and what may change, in percent. Raises ShareWrong."""
    lost, changed = (_whole(form.get(name, ""), _MOST_PERCENT) for name in ("lost", "changed"))
    if lost is None or changed is None:
        raise ShareWrong
    return lost, changed


def limit_now(source: SourceStatus) -> AgeLimit:
    """What is set of it."""
    return AgeLimit(source.working_limit, source.rest_weekdays, source.rest_days)


def written(days: Sequence[date]) -> str:
    """Days as the field has them."""
    return " ".join(day.isoformat() for day in days)


def _days(text: str) -> Sequence[date] | None:
    try:
        days = sorted({date.fromisoformat(word) for word in text.replace(",", " ").replace("、", " ").split()})
    except ValueError:
        return None
    return days if len(days) <= _MOST_DAYS else None


def _whole(text: str, most: int) -> int | None:
    word = text.strip()
    is_number = word.isascii() and word.isdecimal() and len(word) <= len(str(most))
    return int(word) if is_number and int(word) <= most else None
