"""Who lives in the city on a day, in figures: persons by town, sex, age and nationality, and households (住民基本台帳人口, S1-4)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import asyncpg

from civil.age import age_on
from civil.calendar import jst_midnight
from civil.recorded_date import RecordedDate
from civil.sex import Sex
from civil.sql import load

_SQL: Final = load("registry.residents", "statistics.sql")


@dataclass(frozen=True, slots=True)
class Counted:
    """So many persons of one sort. `town` is the address without its lot; `age` is None where the birth date does not settle it.

    `nationality` is 国籍・地域 as recorded, None for Japanese.
    """

    town: str
    is_foreign: bool
    sex: Sex
    age: int | None
    persons: int
    nationality: str | None = None


@dataclass(frozen=True, slots=True)
class Households:
    """Households of a town by who lives in them: Japanese only, foreigners only, or both (複数国籍世帯)."""

    town: str
    japanese: int
    foreign: int
    mixed: int

    @property
    def all(self) -> int:
        """All of them."""
        return self.japanese + self.foreign + self.mixed


@dataclass(frozen=True, slots=True)
class Population:
    """The residents, planned movers included, as a JST day began: what was recorded before its midnight (処理日で数える)."""

    on: date
    counted: tuple[Counted, ...]
    households: tuple[Households, ...]

    def persons(self, *, is_foreign: bool | None = None, sex: Sex | None = None) -> int:
        """How many there are of a sort; None takes all."""
        return sum(
            one.persons
            for one in self.counted
            if is_foreign in {None, one.is_foreign} and sex in {None, one.sex}
        )  # fmt: skip


async def population(connection: asyncpg.Connection, municipality_code: str, on: date) -> Population:
    """Count the residents as a JST date begins, of today or of the past; takes a transaction whose city is set."""
    last = jst_midnight(on) - timedelta.resolution
    rows = await connection.fetch(_SQL["population"], municipality_code, last, on)
    homes = await connection.fetch(_SQL["households"], municipality_code, last)
    counted = (
        Counted(
            row["town"], row["nationality"] is not None, Sex(row["sex"]), _age(row, on), row["persons"], row["nationality"]
        )
        for row in rows
    )  # fmt: skip
    return Population(on, tuple(counted), tuple(Households(**home) for home in homes))


def _age(row: asyncpg.Record, on: date) -> int | None:
    if row["birth_text"] is None:
        age: int = row["age"]
        return age
    return age_on(RecordedDate(row["birth_on"], row["birth_text"]), on)
