"""A date as a register holds it: a day, or a text that stands where the day is not known or cannot exist."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from civil.date_text import DaySpan, UnacceptableDate, possible_days, require_sortable
from civil.eras import seireki, wareki

__all__ = ["RecordedDate", "UnacceptableDate"]


@dataclass(frozen=True, slots=True)
class RecordedDate:
    """A recorded date. In the database always a pair of columns `x_on date`, `x_text text`.

    `text` is None for an ordinary day. Otherwise it is printed as it stands (昭和10年月日不詳, 明治45年7月30日,
    平成13年2月29日), and `on` is the day it is sorted by, if any. Raises UnacceptableDate for a text outside the accepted
    forms, a sortable day outside the years of the text, or neither day nor text.
    """

    on: date | None
    text: str | None = None

    def __post_init__(self) -> None:
        """Refuse what no register may hold."""
        # A datetime is a date to Python, and one at midnight UTC is the wrong day in Japan.
        if isinstance(self.on, datetime) or (self.on is None and self.text is None):
            raise UnacceptableDate
        if self.text is not None:
            require_sortable(self.text, self.on)

    @classmethod
    def exact(cls, on: date) -> Self:
        """Return an ordinary day."""
        return cls(on, None)

    @classmethod
    def uncertain(cls, text: str, sortable: date | None = None) -> Self:
        """Return a text of an accepted form with the day it is sorted by, if any; raises UnacceptableDate."""
        return cls(sortable, text)

    @property
    def is_exact(self) -> bool:
        """Whether this is an ordinary day."""
        return self.text is None

    def printed_wareki(self) -> str:
        """Return what is printed where dates are in the Japanese calendar; raises DateBeforeSolarCalendar."""
        return self.text if self.text is not None else wareki(self._day())

    def printed_seireki(self) -> str:
        """Return what is printed where dates are in the western calendar. A text is printed as it stands."""
        return self.text if self.text is not None else seireki(self._day())

    def possible_days(self) -> DaySpan | None:
        """Return the first and last day this can mean, both included, or None where the text sets no bound."""
        if self.text is not None:
            return possible_days(self.text)
        return self._day(), self._day()

    def _day(self) -> date:
        if self.on is None:
            raise UnacceptableDate
        return self.on
