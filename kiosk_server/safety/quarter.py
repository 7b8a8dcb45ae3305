"""Quarters of the Japanese fiscal year, which begins on April 1 (地方自治法208条)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from civil.calendar import jst_midnight
from civil.errors import KioskError

_WRITTEN: Final = re.compile(r"(20[0-9]{2})-([1-4])")
_MONTHS: Final = 3
_FIRST_MONTH: Final = 4


class QuarterWrong(KioskError):
    """四半期は「年度-番号」(例: 2026-2 は2026年7〜9月)で、もう始まっているものを指定してください。 /
    A quarter is written fiscal year-number (2026-2 is July to September 2026), and must have begun."""


@dataclass(frozen=True, slots=True)
class Quarter:
    """The first begins on April 1; `number` 1 to 4."""

    fiscal_year: int
    number: int

    @classmethod
    def written(cls, text: str, today: date) -> "Quarter":
        """As `2026-2`. Raises QuarterWrong, also for one that has not begun on ``today`` (JST)."""
        found = _WRITTEN.fullmatch(text)
        if found is None or (made := cls(int(found[1]), int(found[2]))).first_day > today:
            raise QuarterWrong
        return made

    @classmethod
    def of(cls, day: date) -> "Quarter":
        """The one that holds a day."""
        months = day.year * 12 + day.month - _FIRST_MONTH
        return cls(months // 12, months % 12 // _MONTHS + 1)

    def before(self, count: int) -> Sequence["Quarter"]:
        """This one and those before it, newest first, ``count`` in all."""
        newest = self.fiscal_year * 4 + self.number - 1
        return [Quarter(one // 4, one % 4 + 1) for one in range(newest, newest - count, -1)]

    @property
    def first_day(self) -> date:
        """In JST."""
        months = _FIRST_MONTH - 1 + (self.number - 1) * _MONTHS
        return date(self.fiscal_year + months // 12, months % 12 + 1, 1)

    @property
    def day_after(self) -> date:
        """The first day that is not of it any more."""
        following = self.fiscal_year * 4 + self.number
        return Quarter(following // 4, following % 4 + 1).first_day

    @property
    def since(self) -> datetime:
        """Its first instant."""
        return jst_midnight(self.first_day)

    @property
    def until(self) -> datetime:
        """The first instant that is not of it any more."""
        return jst_midnight(self.day_after)

    @property
    def name(self) -> str:
        """As files and addresses name it."""
        return f"{self.fiscal_year}-{self.number}"

    @property
    def words(self) -> tuple[str, str]:
        """Japanese and English."""
        return f"{self.fiscal_year}年度第{self.number}四半期", f"quarter {self.number} of fiscal {self.fiscal_year}"
