"""The two forms of the service calendar, read into what the city would set."""

from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from typing import Final

from civil.errors import KioskError
from issuance_db.service_calendar import SpecialDays, WeekPlan, Window
from kiosk_server.staff.terms import KINDS

MOST_DAYS: Final = 366
_MOST_YEARS: Final = 10
_WEEK: Final = range(1, 8)


class HoursWrong(KioskError):
    """入力に誤りがあります。種別を選び、始まりと終わりは両方入れるか両方空にし、終わりを後にしてください。日付は今日から10年以内です。何も変えていません。 /
    A field is wrong. Choose kinds; give both times or neither, the end behind the start; days from today on, ten years at most. Nothing was changed."""


def plan_of(form: Mapping[str, str], today: date) -> WeekPlan:
    """Raises HoursWrong."""
    windows = {day: window for day in _WEEK if (window := _window(form, f"_{day}")) is not None}
    return WeekPlan(_kinds(form), _from_today(form.get("first_on", ""), today), windows)


def special_of(form: Mapping[str, str], today: date) -> SpecialDays:
    """Raises HoursWrong."""
    first = _from_today(form.get("first_on", ""), today)
    last = _from_today(form.get("last_on", "") or first.isoformat(), first)
    if last - first >= timedelta(days=MOST_DAYS):
        raise HoursWrong
    return SpecialDays(_kinds(form), first, last, _window(form, ""))


def as_fields(change: WeekPlan | SpecialDays) -> dict[str, str]:
    """The fields again, for the form that confirms."""
    fields = {f"kind_{kind}": "1" for kind in change.kinds} | {"first_on": change.first_on.isoformat()}
    if isinstance(change, WeekPlan):
        for day, window in change.windows.items():
            fields |= _as_fields(window, f"_{day}")
        return fields
    fields["last_on"] = change.last_on.isoformat()
    return fields if change.window is None else fields | _as_fields(change.window, "")


def clock(at: time) -> str:
    """As a field of the browser has it: the end of a day is its midnight."""
    return "00:00" if at.microsecond else f"{at:%H:%M}"


def _as_fields(window: Window, suffix: str) -> dict[str, str]:
    return {f"opens{suffix}": clock(window[0]), f"closes{suffix}": clock(window[1])}


def _kinds(form: Mapping[str, str]) -> Sequence[str]:
    kinds = [kind for kind in KINDS if f"kind_{kind}" in form]
    if not kinds:
        raise HoursWrong
    return kinds


def _from_today(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise HoursWrong from None
    if day < today or day.year > today.year + _MOST_YEARS:
        raise HoursWrong
    return day


def _window(form: Mapping[str, str], suffix: str) -> Window | None:
    opens, closes = form.get(f"opens{suffix}", ""), form.get(f"closes{suffix}", "")
    if not opens and not closes:
        return None
    try:
        window = time.fromisoformat(opens), time.fromisoformat(closes)
    except ValueError:
        raise HoursWrong from None
    if any(at.tzinfo is not None or at.second or at.microsecond for at in window):
        raise HoursWrong
    # Midnight at the end of a day is its last instant.
    ends = window[1] if window[1] != time() else time.max
    if ends <= window[0]:
        raise HoursWrong
    return window[0], ends
