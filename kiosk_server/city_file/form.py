"""The form of the file: which items there are, and what each may be."""

import re
from datetime import date, time
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from civil.check_digits import municipality_code_ok
from kiosk_server.issuing.request import Kind

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: Final[tuple[Weekday, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""In the order of ISO 8601: the first is 1."""

_CLOCK: Final = re.compile(r"^([01]?[0-9]|2[0-3]):[0-5][0-9]$", re.ASCII)
_MIDNIGHT: Final = "24:00"
_MOST_YEN: Final = 100_000
_MOST_YEARS: Final = 150
_FIRST_TAX_YEAR: Final = 2000
_LAST_TAX_YEAR: Final = 2100

_KindName = Annotated[Kind, Field(strict=False)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class TermItem(_Part):
    """What holds from a JST date on, and until one (inclusive) where that is known."""

    start: date = Field(alias="from")
    until: date | None = None


class MayorItem(TermItem):
    """[[mayor]]: who certifies from a day on."""

    title: str
    name: str


class SealItem(TermItem):
    """[[official_seal]]: a PNG, its path beside the file."""

    image: str


class FeeItem(_Part):
    """[[fee]]: yen for one certificate."""

    kind: _KindName
    channel: Literal["centre", "terminal"]
    start: date = Field(alias="from")
    yen: Annotated[int, Field(ge=0, le=_MOST_YEN)]


class HoursItem(_Part):
    """[[hours]]: when a kind is served on some days of the week, JST."""

    kind: _KindName
    weekdays: Annotated[list[Weekday], Field(min_length=1)]
    opens: str
    closes: str

    @field_validator("opens", "closes")
    @classmethod
    def _check_clock(cls, text: str) -> str:
        if text != _MIDNIGHT and _CLOCK.match(text) is None:
            raise ValueError('"6:30" や "23:00" の形で。 / such as "6:30" or "23:00"')
        return text


class TaxYearItem(TermItem):
    """[[tax_year]]: when a tax year is offered for some kinds (年度切替); 2026 is 令和8年度."""

    kinds: Annotated[list[_KindName], Field(min_length=1)]
    year: Annotated[int, Field(ge=_FIRST_TAX_YEAR, le=_LAST_TAX_YEAR)]


class RetirementItem(_Part):
    """[[retired]]: the last JST day of a kind."""

    kind: _KindName
    last_day: date


class CityItems(_Part):
    """The whole file."""

    municipality_code: str
    name: str
    my_number_allowed: bool
    minimum_age: Annotated[int, Field(ge=0, le=_MOST_YEARS)]
    mayor: Annotated[list[MayorItem], Field(min_length=1)]
    official_seal: Annotated[list[SealItem], Field(min_length=1)]
    fee: Annotated[list[FeeItem], Field(min_length=1)]
    hours: Annotated[list[HoursItem], Field(min_length=1)]
    tax_year: list[TaxYearItem] = []
    retired: list[RetirementItem] = []

    @field_validator("municipality_code")
    @classmethod
    def _check_code(cls, code: str) -> str:
        if not municipality_code_ok(code):
            raise ValueError("検査数字を含む6桁で。 / six digits with a right check digit")
        return code


def clock_time(text: str) -> time:
    """The time of "6:30"; "24:00" is the last instant of the day."""
    if text == _MIDNIGHT:
        return time.max
    hours, _, minutes = text.partition(":")
    return time(int(hours), int(minutes))
