"""無作為抽出 (S1-5): who is drawn is a pure function of the persons, what is asked and the seed."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Final

from civil.sex import Sex

_AGES_OF_A_CLASS: Final = 10
_LAST_CLASS: Final = 100
Stratum = tuple[str | int, ...]


class StratifiedBy(StrEnum):
    """What a sample has in the same shares as those it is drawn from."""

    SEX = "sex"
    AGE = "age"
    TOWN = "town"
    NATIONALITY = "nationality"


@dataclass(frozen=True, slots=True)
class Listable:
    """Somebody who may be drawn. `age` is None where the birth date does not settle it."""

    person_number: str
    sex: Sex
    age: int | None
    town: str
    is_foreign: bool


@dataclass(frozen=True, slots=True)
class Scope:
    """Who is asked for: nothing set is everybody. Ages are whole years and both included; an unknown age is in no bounds."""

    towns: frozenset[str] = frozenset()
    sex: Sex | None = None
    youngest: int | None = None
    oldest: int | None = None
    is_foreign: bool | None = None

    def has(self, one: Listable) -> bool:
        """Whether somebody is asked for."""
        return (
            (not self.towns or one.town in self.towns)
            and self.sex in {None, one.sex}
            and self.is_foreign in {None, one.is_foreign}
            and self._has_age(one.age)
        )

    def _has_age(self, age: int | None) -> bool:
        if self.youngest is None and self.oldest is None:
            return True
        return age is not None and (self.youngest or 0) <= age <= (age if self.oldest is None else self.oldest)


EVERYBODY: Final = Scope()


def draw(
    people: Iterable[Listable], scope: Scope, seed: str, persons: int | None = None, by: Collection[StratifiedBy] = ()
) -> tuple[str, ...]:
    """Return the person numbers drawn, in an order that tells nothing about them.

    Everybody of the scope, or `persons` of them (fewer where there are no more), stratum by stratum in their shares (largest
    remainder). The order and the choice are those of SHA-256 over seed and number: the same on every machine, whatever order the
    people come in.
    """
    strata: defaultdict[Stratum, list[str]] = defaultdict(list)
    for one in people:
        if scope.has(one):
            strata[_stratum(one, by)].append(one.person_number)
    shares = _shares({stratum: len(numbers) for stratum, numbers in strata.items()}, persons)
    drawn = [number for stratum in strata for number in _shuffled(strata[stratum], seed)[: shares[stratum]]]
    return tuple(_shuffled(drawn, seed))


def _stratum(one: Listable, by: Collection[StratifiedBy]) -> Stratum:
    age = -1 if one.age is None else min(one.age, _LAST_CLASS) // _AGES_OF_A_CLASS
    told: Mapping[StratifiedBy, str | int] = {
        StratifiedBy.SEX: one.sex, StratifiedBy.AGE: age, StratifiedBy.TOWN: one.town, StratifiedBy.NATIONALITY: one.is_foreign,
    }  # fmt: skip
    return tuple(told[part] for part in StratifiedBy if part in by)


def _shares(sizes: Mapping[Stratum, int], persons: int | None) -> Mapping[Stratum, int]:
    total = sum(sizes.values())
    if persons is None or persons >= total:
        return sizes
    shares = {stratum: persons * size // total for stratum, size in sizes.items()}
    by_remainder = sorted(sizes, key=lambda stratum: (-(persons * sizes[stratum] % total), stratum))
    for stratum in by_remainder[: persons - sum(shares.values())]:
        shares[stratum] += 1
    return shares


def _shuffled(numbers: Sequence[str], seed: str) -> list[str]:
    return sorted(numbers, key=lambda number: sha256(f"{seed}\0{number}".encode()).digest())
