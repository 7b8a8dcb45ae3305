"""The fields of the search form, read into what the books are asked."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from civil.calendar import jst_midnight
from civil.errors import KioskError
from issuance_db.history_search import Criteria, Whose
from kiosk_server.staff.terms import KINDS, OUTCOMES, RESULTS, STATES, Term

FIELDS: Final[Mapping[str, Term]] = {
    "issuance_number": ("発行番号", "Issuance number"),
    "person_number": ("宛名番号", "Person number"),
    "household_number": ("世帯番号", "Household number"),
    "serial": ("証明書シリアル", "Certificate serial"),
    "since": ("この日から", "From"),
    "since_time": ("時刻から", "Time from"),
    "until": ("この日まで", "To"),
    "until_time": ("時刻まで", "Time to"),
    "kind": ("種別", "Kind"),
    "state": ("結果", "State"),
    "result_code": ("理由", "Reason"),
    "outcome": ("印刷", "Outcome"),
    "terminal_operator": ("事業者", "Shop chain"),
    "terminal_store": ("店舗", "Shop"),
    "terminal_id": ("端末", "Terminal"),
}
"""In the order of the form, with what it calls them."""
_NUMBERS: Final[Mapping[str, Whose]] = {
    "issuance_number": "of_number",
    "person_number": "of_person",
    "household_number": "of_household",
}
_CHOICES: Final = {"kind": KINDS, "state": STATES, "result_code": RESULTS, "outcome": OUTCOMES}
_NARROW: Final = (*_NUMBERS, "serial", "since", "until", "terminal_store")
_USUAL: Final = "printed"
_RARE_WITHIN: Final = timedelta(days=6)
_A_DAY: Final = timedelta(days=1)
_A_MINUTE: Final = timedelta(minutes=1)
_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])", re.ASCII)
_LONGEST: Final = 64
_EARLIEST: Final = date(1900, 1, 1)
_LATEST: Final = date(2199, 12, 31)


class OneNumber(KioskError):
    """発行番号、宛名番号、世帯番号、シリアル番号は、どれか一つで探してください。 /
    Search by one of issuance number, 宛名番号, household number and serial."""


class TimeWithoutDay(KioskError):
    """時刻で探すときは、その日も入れてください。 / A time is looked for on a day: fill that in too."""


class FieldWrong(KioskError):
    """探す条件に誤りがあります。 / A field of the search is wrong."""


def asked(form: Mapping[str, str], today: date) -> Mapping[str, str]:
    """The fields that were filled in, as they are kept. Raises OneNumber, TimeWithoutDay, FieldWrong.

    A rare outcome is looked for in a period: where none is told, in the last seven days. Ten million lines have no index for what is not there.
    """
    filled = {name: form.get(name, "").strip() for name in FIELDS}
    filled = {name: value for name, value in filled.items() if value}
    if filled.get("outcome", _USUAL) != _USUAL and not any(filled.get(name) for name in _NARROW):
        filled["since"] = (today - _RARE_WITHIN).isoformat()
    criteria_of(filled)
    return filled


def criteria_of(fields: Mapping[str, str], person_number: str | None = None) -> Criteria:
    """What the books are asked; ``person_number`` stands for the serial, once its holder is known. Raises as `asked`."""
    numbers = [name for name in (*_NUMBERS, "serial") if fields.get(name)]
    if len(numbers) > 1:
        raise OneNumber
    for name in FIELDS:
        value = fields.get(name, "")
        is_choice = value in {"", *_CHOICES.get(name, (value,))}
        _require(name, len(value) <= _LONGEST and value.isprintable() and is_choice)
    whose, number = _whose(fields, person_number)
    since, until = _begins(fields), _ends(fields)
    _require("until", since is None or until is None or since < until)
    return Criteria(
        whose=whose,
        number=number,
        since=since,
        until=until,
        **{name: fields.get(name) for name in (*_CHOICES, "terminal_operator", "terminal_store", "terminal_id")},
    )


def _whose(fields: Mapping[str, str], person_number: str | None) -> tuple[Whose, str | None]:
    if person_number is not None:
        return "of_person", person_number
    for name, whose in _NUMBERS.items():
        if fields.get(name):
            return whose, fields[name]
    return "anybody", None


def _begins(fields: Mapping[str, str]) -> datetime | None:
    day, time = _day(fields, "since"), _time(fields, "since_time")
    _require_day(day, time)
    if day is None:
        return None
    return jst_midnight(day) + (time or timedelta())


def _ends(fields: Mapping[str, str]) -> datetime | None:
    """The minute that is named is the last one wanted; without one, the day's last."""
    day, time = _day(fields, "until"), _time(fields, "until_time")
    _require_day(day, time)
    if day is None:
        return None
    return jst_midnight(day) + (_A_DAY if time is None else time + _A_MINUTE)


def _require_day(day: date | None, time: timedelta | None) -> None:
    if day is None and time is not None:
        raise TimeWithoutDay


def _day(fields: Mapping[str, str], name: str) -> date | None:
    if not fields.get(name):
        return None
    try:
        day = date.fromisoformat(fields[name])
    except ValueError:
        raise _wrong(name) from None
    _require(name, _EARLIEST <= day <= _LATEST)
    return day


def _time(fields: Mapping[str, str], name: str) -> timedelta | None:
    """Of the day, JST, to the minute."""
    if not fields.get(name):
        return None
    found = _TIME.fullmatch(fields[name])
    if found is None:
        raise _wrong(name)
    return timedelta(hours=int(found[1]), minutes=int(found[2]))


def _require(name: str, right: bool) -> None:  # noqa: FBT001 - a condition, as assert takes one
    if not right:
        raise _wrong(name)


def _wrong(name: str) -> FieldWrong:
    ja, en = FIELDS[name]
    return FieldWrong(
        f"「{ja}」に誤りがあります。直して、もう一度探してください。 / {en} is wrong. Correct it and search again."
    )
