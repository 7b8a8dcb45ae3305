from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civil import eras
from civil.calendar import (
    ERAS,
    DateBeforeSolarCalendar,
    Era,
    InstantWithoutZone,
    jst_date,
    jst_midnight,
    seireki,
    wareki,
)

DAYS = st.dates(min_value=date(1873, 1, 1), max_value=date(2100, 12, 31))


@pytest.mark.parametrize(
    ("day", "printed"),
    [
        (date(1873, 1, 1), "明治6年1月1日"),
        (date(1912, 7, 29), "明治45年7月29日"),
        (date(1912, 7, 30), "大正元年7月30日"),
        (date(1926, 12, 24), "大正15年12月24日"),
        (date(1926, 12, 25), "昭和元年12月25日"),
        (date(1927, 1, 1), "昭和2年1月1日"),
        (date(1989, 1, 7), "昭和64年1月7日"),
        (date(1989, 1, 8), "平成元年1月8日"),
        (date(2019, 4, 30), "平成31年4月30日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(2026, 11, 23), "令和8年11月23日"),
    ],
)
def test_b1_5_the_edges_of_the_eras(day: date, printed: str) -> None:
    assert wareki(day) == printed


def test_a_day_before_the_solar_calendar_is_refused() -> None:
    with pytest.raises(DateBeforeSolarCalendar, match="1873"):
        wareki(date(1872, 12, 31))


def test_the_western_calendar() -> None:
    assert seireki(date(2026, 11, 3)) == "2026年11月3日"


def test_mis_15_a_new_era_is_one_more_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eras, "ERAS", (*ERAS, Era("新元", date(2040, 5, 1))))
    assert wareki(date(2040, 4, 30)) == "令和22年4月30日"
    assert wareki(date(2040, 5, 1)) == "新元元年5月1日"
    assert wareki(date(2041, 1, 1)) == "新元2年1月1日"


@given(DAYS)
def test_a_printed_day_names_one_day_only(day: date) -> None:
    era = next(era for era in ERAS if wareki(day).startswith(era.name))
    year, rest = wareki(day).removeprefix(era.name).split("年")
    month, day_of_month = rest.removesuffix("日").split("月")
    assert date(era.western_year(1 if year == "元" else int(year)), int(month), int(day_of_month)) == day


@given(DAYS)
def test_a_year_is_gannen_only_in_the_first_calendar_year_of_its_era(day: date) -> None:
    assert ("元年" in wareki(day)) == (day.year == eras.era_of(day).starts.year)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 12, 31, 14, 59, 59, 999999, UTC), date(2026, 12, 31)),
        (datetime(2026, 12, 31, 15, 0, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2024, 2, 28, 15, 0, tzinfo=UTC), date(2024, 2, 29)),
    ],
)
def test_the_date_in_japan_turns_at_fifteen_hours_utc(instant: datetime, day: date) -> None:
    assert jst_date(instant) == day


@given(st.datetimes(timezones=st.just(UTC), min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1)))  # noqa: DTZ001
def test_the_date_in_japan_is_that_of_nine_hours_later_in_utc(instant: datetime) -> None:
    assert jst_date(instant) == (instant + timedelta(hours=9)).date()


def test_an_instant_without_zone_is_refused() -> None:
    with pytest.raises(InstantWithoutZone):
        jst_date(datetime(2026, 1, 1))  # noqa: DTZ001


@given(DAYS)
def test_a_day_begins_where_the_one_before_ends(on: date) -> None:
    begins = jst_midnight(on)
    assert (jst_date(begins), jst_date(begins - timedelta.resolution)) == (on, on - timedelta(days=1))


def test_a_day_in_japan_begins_nine_hours_before_that_of_utc() -> None:
    midnight = jst_midnight(date(2027, 1, 1))
    assert (midnight, midnight.utcoffset()) == (datetime(2026, 12, 31, 15, tzinfo=UTC), timedelta())
    assert jst_date(midnight) == date(2027, 1, 1)
    assert jst_date(midnight - timedelta(microseconds=1)) == date(2026, 12, 31)
