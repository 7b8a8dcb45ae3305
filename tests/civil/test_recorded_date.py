"""不詳日: texts in place of a day (B1.5)."""

from contextlib import nullcontext
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civil.calendar import wareki
from civil.recorded_date import RecordedDate, UnacceptableDate

Span = tuple[date, date] | None


def year(number: int) -> Span:
    return date(number, 1, 1), date(number, 12, 31)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("年月日不詳", None),
        ("昭和10年月日不詳", year(1935)),
        ("昭和10年3月日不詳", (date(1935, 3, 1), date(1935, 3, 31))),
        ("平成12年2月日不詳", (date(2000, 2, 1), date(2000, 2, 29))),
        ("令和元年月日不詳", (date(2019, 5, 1), date(2019, 12, 31))),
        ("昭和64年月日不詳", (date(1989, 1, 1), date(1989, 1, 7))),
        ("昭和１０年３月日不詳", (date(1935, 3, 1), date(1935, 3, 31))),
        ("令和5年頃", None),
        ("令和5年3月頃", None),
        ("令和5年3月5日頃", None),
        ("推定令和5年", None),
        ("推定令和5年3月5日", None),
        ("推定令和5年3月1日から10日までの間", None),
        ("昭和10年春", year(1935)),
        ("昭和10年夏頃", None),
        ("昭和10年3月上旬", (date(1935, 3, 1), date(1935, 3, 10))),
        ("昭和10年3月中旬", (date(1935, 3, 11), date(1935, 3, 20))),
        ("平成13年2月下旬", (date(2001, 2, 21), date(2001, 2, 28))),
        ("昭和10年3月中旬頃", None),
        ("1960年月日不詳", year(1960)),
        ("西暦1960年3月日不詳", (date(1960, 3, 1), date(1960, 3, 31))),
        ("令和5年1月1日から3月5日までの間", (date(2023, 1, 1), date(2023, 3, 5))),
        ("令和5年1月1日頃から10日頃までの間", None),
        ("令和5年1月1日から10日までの間", (date(2023, 1, 1), date(2023, 1, 10))),
        ("平成30年から令和2年までの間", (date(2018, 1, 1), date(2020, 12, 31))),
        ("昭和63年12月31日から平成元年1月10日までの間", (date(1988, 12, 31), date(1989, 1, 10))),
        ("令和5年1月1日から1月31日までの間", (date(2023, 1, 1), date(2023, 1, 31))),
        ("令和5年から3月までの間", (date(2023, 1, 1), date(2023, 3, 31))),
        ("明治5年12月2日", None),
        ("明治5年から明治6年までの間", None),
        ("明治6年月日不詳", year(1873)),
    ],
)
def test_b1_5_the_accepted_forms_and_the_days_they_can_mean(text: str, days: Span) -> None:
    recorded = RecordedDate.uncertain(text)
    assert recorded.possible_days() == days
    assert not recorded.is_exact
    assert recorded.printed_wareki() == recorded.printed_seireki() == text


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("明治45年7月30日", (date(1912, 7, 30), date(1912, 7, 30))),
        ("大正15年12月25日", (date(1926, 12, 25), date(1926, 12, 25))),
        ("平成13年2月29日", (date(2001, 2, 28), date(2001, 3, 1))),
        ("2001年2月29日", (date(2001, 2, 28), date(2001, 3, 1))),
        ("昭和10年4月31日", (date(1935, 4, 30), date(1935, 5, 1))),
        ("平成12年2月30日", (date(2000, 2, 29), date(2000, 3, 1))),
    ],
)
def test_b1_5_days_that_no_calendar_prints_are_kept_as_text(text: str, days: Span) -> None:
    assert RecordedDate.uncertain(text, days and days[0]).possible_days() == days


@pytest.mark.parametrize(
    "text",
    [
        "",
        "不明な日",
        "昭和10年",
        "昭和10年3月",
        "平成13年2月28日",
        "2001年2月28日",
        "昭和64年1月8日",
        "明治45年7月31日",
        "平成31年5月1日",
        "平成31年5月日不詳",
        "昭和65年頃",
        "平成0年頃",
        "昭和10年13月頃",
        "昭和10年0月頃",
        "昭和10年3月32日",
        "昭和10年3月0日頃",
        "昭和10年3月月日不詳",
        "昭和10年日不詳",
        "昭和10年5日頃",
        "昭和10年月日不詳です",
        " 昭和10年月日不詳",
        "昭和10年月日不詳\n",
        "文久2年頃",
        "1850年頃",
        "0000年頃",
        "5日頃",
        "推定",
        "10日から20日までの間",
        "令和5年3月から1月までの間",
        "令和5年から",
        "から令和5年までの間",
        "令和5年1月1日から頃までの間",
    ],
)
def test_b1_5_other_texts_are_refused(text: str) -> None:
    with pytest.raises(UnacceptableDate) as refusal:
        RecordedDate.uncertain(text)
    assert not text or text not in str(refusal.value)


@pytest.mark.parametrize("day", [date(1934, 12, 31), date(1936, 1, 1)])
def test_the_sortable_day_lies_in_the_year_of_the_text(day: date) -> None:
    with pytest.raises(UnacceptableDate):
        RecordedDate.uncertain("昭和10年月日不詳", day)


@pytest.mark.parametrize(("day", "accepted"), [(2017, False), (2018, True), (2020, True), (2021, False)])
def test_the_sortable_day_lies_in_the_years_of_a_range(day: int, *, accepted: bool) -> None:
    with nullcontext() if accepted else pytest.raises(UnacceptableDate):
        RecordedDate.uncertain("平成30年から令和2年までの間", date(day, 6, 1))


def test_a_text_in_the_lunar_calendar_takes_any_sortable_day() -> None:
    assert RecordedDate.uncertain("明治4年12月1日", date(1872, 1, 10)).on == date(1872, 1, 10)
    assert RecordedDate.uncertain("明治5年から明治6年までの間", date(1872, 1, 10)).on == date(1872, 1, 10)


def test_a_text_without_year_takes_any_sortable_day() -> None:
    assert RecordedDate.uncertain("年月日不詳", date(1900, 1, 1)).on == date(1900, 1, 1)


def test_neither_day_nor_text_is_no_date() -> None:
    with pytest.raises(UnacceptableDate):
        RecordedDate(None, None)


def test_an_instant_is_no_date() -> None:
    with pytest.raises(UnacceptableDate):
        RecordedDate.exact(datetime(2026, 11, 23, tzinfo=UTC))


@given(st.dates(min_value=date(1873, 1, 1), max_value=date(2117, 1, 1)))
def test_an_ordinary_day_has_one_way_to_be_written(day: date) -> None:
    recorded = RecordedDate.exact(day)
    assert recorded.is_exact
    assert recorded.possible_days() == (day, day)
    assert recorded.printed_seireki() == f"{day.year}年{day.month}月{day.day}日"
    with pytest.raises(UnacceptableDate):
        RecordedDate.uncertain(recorded.printed_wareki())
    assert recorded.printed_wareki() == wareki(day)


@given(st.text("明治大正昭和平成令和元年月日不詳頃推定春上旬からまでの間0123456789１", max_size=24))
def test_any_text_is_accepted_or_refused_and_nothing_else(text: str) -> None:
    try:
        days = RecordedDate.uncertain(text).possible_days()
    except UnacceptableDate:
        return
    assert days is None or days[0] <= days[1]
