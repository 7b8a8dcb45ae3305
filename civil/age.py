"""Age by law: 年齢計算ニ関する法律 and 民法143条.

The day of birth counts as the first. A year of age is complete at the end of the day before the birthday, so it is
attained from the first moment of the birthday. Where the last year has no 29 February, the term ends with the last day
of that February (民法143条2項ただし書), so the age is attained on 1 March.
"""

from datetime import date

from civil.recorded_date import RecordedDate


def age_on(birth: RecordedDate, on: date) -> int | None:
    """Return the whole years of age on a JST date, or None where the record does not settle it.

    An uncertain birth has an age only if every day it can mean gives the same one. Before birth the age is None.
    """
    days = birth.possible_days()
    if days is None:
        return None
    youngest, oldest = _years_between(days[1], on), _years_between(days[0], on)
    return oldest if youngest == oldest and youngest >= 0 else None


def attained(birth: RecordedDate, years: int, on: date) -> bool | None:
    """Tell whether a person has attained an age on a JST date; None where the record does not settle it."""
    days = birth.possible_days()
    if days is None:
        return None
    if _years_between(days[1], on) >= years:
        return True
    return False if _years_between(days[0], on) < years else None


def _years_between(birth: date, on: date) -> int:
    # Comparing (month, day) puts a 29 February after 28 February of a common year, which is what the law says.
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))
