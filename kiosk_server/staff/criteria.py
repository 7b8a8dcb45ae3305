"""The fields of the search form, read into what the books are asked."""

from collections.abc import Mapping
from datetime import date, timedelta
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
    "until": ("この日まで", "To"),
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
_LONGEST: Final = 64
_EARLIEST: Final = date(1900, 1, 1)
_LATEST: Final = date(2199, 12, 31)


class OneNumber(KioskError):
    """発行番号、宛名番号、世帯番号、シリアル番号は、どれか一つで探してください。 /
    Search by one of issuance number, 宛名番号, household number and serial."""


class FieldWrong(KioskError):
    """探す条件に誤りがあります。 / A field of the search is wrong."""


def asked(form: Mapping[str, str], today: date) -> Mapping[str, str]:
    """The fields that were filled in, as they are kept. Raises OneNumber, FieldWrong.

    A rare outcome is looked for in a period: where none is told, in the last seven days. Ten million lines have no index for what is not there.
    """
    filled = {name: form.get(name, "").strip() for name in FIELDS}
    filled = {name: value for name, value in filled.items() if value}
    if filled.get("outcome", _USUAL) != _USUAL and not any(filled.get(name) for name in _NARROW):
        filled["since"] = (today - _RARE_WITHIN).isoformat()
    criteria_of(filled)
    return filled


def criteria_of(fields: Mapping[str, str], person_number: str | None = None) -> Criteria:
    """What the books are asked; ``person_number`` stands for the serial, once its holder is known. Raises OneNumber, FieldWrong."""
    numbers = [name for name in (*_NUMBERS, "serial") if fields.get(name)]
    if len(numbers) > 1:
        raise OneNumber
    for name in FIELDS:
        value = fields.get(name, "")
        is_choice = value in {"", *_CHOICES.get(name, (value,))}
        _require(name, len(value) <= _LONGEST and value.isprintable() and is_choice)
    whose, number = _whose(fields, person_number)
    since, until = _day(fields, "since"), _day(fields, "until")
    _require("since", since is None or _EARLIEST <= since <= _LATEST)
    _require("until", until is None or (since or _EARLIEST) <= until <= _LATEST)
    return Criteria(
        whose=whose,
        number=number,
        since=None if since is None else jst_midnight(since),
        until=None if until is None else jst_midnight(until + timedelta(days=1)),
        **{name: fields.get(name) for name in (*_CHOICES, "terminal_operator", "terminal_store", "terminal_id")},
    )


def _whose(fields: Mapping[str, str], person_number: str | None) -> tuple[Whose, str | None]:
    if person_number is not None:
        return "of_person", person_number
    for name, whose in _NUMBERS.items():
        if fields.get(name):
            return whose, fields[name]
    return "anybody", None


def _day(fields: Mapping[str, str], name: str) -> date | None:
    try:
        return date.fromisoformat(fields[name]) if fields.get(name) else None
    except ValueError:
        raise _wrong(name) from None


def _require(name: str, right: bool) -> None:  # noqa: FBT001 - a condition, as assert takes one
    if not right:
        raise _wrong(name)


def _wrong(name: str) -> FieldWrong:
    ja, en = FIELDS[name]
    return FieldWrong(
        f"「{ja}」に誤りがあります。直して、もう一度探してください。 / {en} is wrong. Correct it and search again."
    )
