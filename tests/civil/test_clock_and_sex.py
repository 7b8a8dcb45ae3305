from datetime import timedelta

from civil.clock import utc_now
from civil.sex import Sex


def test_the_clock_is_in_utc() -> None:
    assert utc_now().utcoffset() == timedelta(0)


def test_sex_is_printed_as_on_a_certificate() -> None:
    assert [Sex(number).printed for number in (0, 1, 2)] == ["【空欄】", "男", "女"]
