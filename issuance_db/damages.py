"""罹災証明: what a disaster did to a person's dwelling, as read for a request, and its second derivation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import asyncpg

from civil.recorded_date import RecordedDate
from civil.sql import load
from issuance_db.sources import SourceAge, age_in

_SQL: Final = load("issuance_db", "damages.sql")


@dataclass(frozen=True, slots=True)
class DisasterDamage:
    """What the source says of one dwelling. ``reassessing``: a second survey is not decided yet."""

    person_number: str
    damage_number: str
    name: str
    birth: RecordedDate
    address: str
    disaster: str
    struck_on: date
    cause: str
    dwelling_address: str
    degree: str
    reassessing: bool
    sequence: int
    age: SourceAge | None
    held_back: bool


@dataclass(frozen=True, slots=True)
class CertifiedDamage:
    """What a certificate says of one dwelling: what the second derivation has to find again."""

    damage_number: str
    disaster: str
    struck_on: date
    cause: str
    dwelling_address: str
    degree: str


@dataclass(frozen=True, slots=True)
class DerivedDamage:
    """Found by another query under the permit's locks. ``agrees``: decided, as certified, and of the same holder."""

    sequence: int
    age: SourceAge | None
    agrees: bool
    held_back: bool


async def damages_of(
    connection: asyncpg.Connection, municipality_code: str, person_number: str, damage_number: str | None = None
) -> Sequence[DisasterDamage]:
    """Everything for which the person applied, the latest disaster first; with a number, that one alone, or nothing."""
    rows = await connection.fetch(_SQL["damages_of"], municipality_code, person_number, damage_number)
    return [_damage(row) for row in rows]


async def derive_damage(
    connection: asyncpg.Connection, municipality_code: str, person_number: str, certified: CertifiedDamage
) -> DerivedDamage | None:
    """Derive once more, under the permit's locks; None for a person of whom the source never spoke."""
    row = await connection.fetchrow(
        _SQL["derive"],
        municipality_code,
        person_number,
        certified.damage_number,
        certified.disaster,
        certified.struck_on,
        certified.cause,
        certified.dwelling_address,
        certified.degree,
    )
    return None if row is None else DerivedDamage(row["sequence"], age_in(row), row["agrees"], row["held_back"])


def _damage(row: asyncpg.Record) -> DisasterDamage:
    apart: dict[str, Any] = {"birth": RecordedDate(row["birth_on"], row["birth_text"]), "age": age_in(row)}
    return DisasterDamage(
        **apart, **{name: row[name] for name in DisasterDamage.__dataclass_fields__ if name not in apart}
    )
