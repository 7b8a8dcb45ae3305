"""Business days of a city office."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civil.business_days import business_day_after, business_days_left, is_business_day, national_holidays

DAYS = st.dates(date(2023, 1, 1), date(2090, 12, 31))
CLOSED = st.frozensets(st.dates(date(2023, 1, 1), date(2090, 12, 31)), max_size=20)


def test_the_holidays_of_2026_are_those_of_the_gazette() -> None:
    """The Cabinet Office's list for 令和8年."""
    listed = "1-1 1-12 2-11 2-23 3-20 4-29 5-3 5-4 5-5 5-6 7-20 8-11 9-21 9-22 9-23 10-12 11-3 11-23"
    assert national_holidays(2026) == {date(2026, *map(int, day.split("-"))) for day in listed.split()}


def test_the_holidays_of_2024_have_four_substitutes() -> None:
    listed = "1-1 1-8 2-11 2-12 2-23 3-20 4-29 5-3 5-4 5-5 5-6 7-15 8-11 8-12 9-16 9-22 9-23 10-14 11-3 11-4 11-23"
    assert national_holidays(2024) == {date(2024, *map(int, day.split("-"))) for day in listed.split()}


def test_a_year_that_the_act_is_not_known_for_is_refused() -> None:
    for year in (2021, 2100):
        with pytest.raises(ValueError, match="2022"):
            national_holidays(year)


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        (date(2026, 11, 26), date(2026, 12, 3)),  # Thursday to Thursday
        (date(2026, 11, 21), date(2026, 11, 30)),  # a Saturday before 勤労感謝の日
        (date(2026, 12, 28), date(2027, 1, 8)),  # across the New Year
        (date(2026, 4, 28), date(2026, 5, 11)),  # Golden Week
    ],
)
def test_five_business_days_after(begins: date, ends: date) -> None:
    assert business_day_after(begins, 5) == ends


@given(day=DAYS, count=st.integers(1, 12), closed=CLOSED)
def test_what_is_counted_forward_counts_back(day: date, count: int, closed: frozenset[date]) -> None:
    end = business_day_after(day, count, closed)
    assert is_business_day(end, closed)
    assert business_days_left(day + timedelta(days=1), end, closed) == count


@given(day=DAYS, late=st.integers(1, 40), closed=CLOSED)
def test_past_the_day_it_counts_the_days_too_many(day: date, late: int, closed: frozenset[date]) -> None:
    today = day + timedelta(days=late)
    left = business_days_left(today, day, closed)
    assert left == -sum(is_business_day(day + timedelta(days=one), closed) for one in range(1, late + 1))


@given(day=DAYS, closed=CLOSED)
def test_a_day_that_the_city_closes_is_never_counted(day: date, closed: frozenset[date]) -> None:
    assert business_day_after(day, 5, closed | {business_day_after(day, 5, closed)}) > business_day_after(
        day, 5, closed
    )
