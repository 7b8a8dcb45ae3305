"""年齢計算ニ関する法律 and 民法143条."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from civil.calendar import age_on, attained
from civil.recorded_date import RecordedDate

DAYS = st.dates(min_value=date(1873, 1, 1), max_value=date(2100, 12, 31))
AGES = st.integers(min_value=0, max_value=120)


def born(year: int, month: int, day: int) -> RecordedDate:
    return RecordedDate.exact(date(year, month, day))


@pytest.mark.parametrize(
    ("birth", "on", "age"),
    [
        (born(2011, 11, 23), date(2026, 11, 22), 14),
        (born(2011, 11, 23), date(2026, 11, 23), 15),
        (born(2011, 4, 1), date(2026, 3, 31), 14),
        (born(2011, 4, 1), date(2026, 4, 1), 15),
        (born(2012, 2, 29), date(2026, 2, 28), 13),
        (born(2012, 2, 29), date(2026, 3, 1), 14),
        (born(2012, 2, 29), date(2028, 2, 28), 15),
        (born(2012, 2, 29), date(2028, 2, 29), 16),
        (born(2026, 11, 23), date(2026, 11, 23), 0),
        (born(2026, 11, 23), date(2026, 11, 22), None),
        (born(2011, 12, 31), date(2027, 1, 1), 15),
    ],
)
def test_an_age_is_attained_with_the_first_moment_of_the_birthday(
    birth: RecordedDate, on: date, age: int | None
) -> None:
    assert age_on(birth, on) == age


@given(DAYS, AGES)
def test_civil_code_143_a_year_of_age_ends_with_the_eve_of_the_corresponding_day(birth: date, years: int) -> None:
    try:
        corresponding = birth.replace(year=birth.year + years)
        last_day = corresponding - timedelta(days=1)
    except ValueError:
        last_day = date(birth.year + years, 2, 28)
    recorded = RecordedDate.exact(birth)
    assert attained(recorded, years, last_day) is False
    assert attained(recorded, years, last_day + timedelta(days=1)) is True


@given(DAYS, DAYS, AGES)
def test_age_and_attained_agree(birth: date, on: date, years: int) -> None:
    assume(birth <= on)
    recorded = RecordedDate.exact(birth)
    age = age_on(recorded, on)
    assert age is not None
    assert attained(recorded, years, on) == (age >= years)


@given(DAYS, DAYS)
def test_age_never_falls_and_grows_by_one_at_most_in_a_day(birth: date, on: date) -> None:
    assume(birth <= on)
    today, tomorrow = (age_on(RecordedDate.exact(birth), day) for day in (on, on + timedelta(days=1)))
    assert today is not None
    assert tomorrow is not None
    assert tomorrow - today in {0, 1}


@pytest.mark.parametrize("text", ["年月日不詳", "平成23年頃", "推定平成23年11月23日", "平成23年月日不詳"])
def test_b1_5_an_uncertain_birth_gives_no_age_where_it_matters(text: str) -> None:
    birth = RecordedDate.uncertain(text)
    assert age_on(birth, date(2026, 6, 1)) is None
    assert attained(birth, 15, date(2026, 6, 1)) is None


def test_an_uncertain_birth_settles_what_every_day_it_can_mean_settles() -> None:
    birth = RecordedDate.uncertain("昭和10年月日不詳", date(1935, 1, 1))
    assert attained(birth, 15, date(2026, 6, 1)) is True
    assert attained(birth, 100, date(2026, 6, 1)) is False
    assert attained(birth, 91, date(2026, 6, 1)) is None
    assert age_on(birth, date(2026, 12, 31)) == 91


def test_the_shared_last_day_of_an_era_is_a_day_like_any_other() -> None:
    birth = RecordedDate.uncertain("大正15年12月25日", date(1926, 12, 25))
    assert age_on(birth, date(2026, 12, 24)) == 99
    assert age_on(birth, date(2026, 12, 25)) == 100


def test_a_day_that_no_calendar_has_leaves_one_day_of_doubt() -> None:
    birth = RecordedDate.uncertain("平成13年2月29日", date(2001, 2, 28))
    assert attained(birth, 15, date(2016, 2, 27)) is False
    assert attained(birth, 15, date(2016, 2, 28)) is None
    assert attained(birth, 15, date(2016, 3, 1)) is True
