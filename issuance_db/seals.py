"""印鑑登録: the living registration of one person as read for a request, and its second derivation."""

from dataclasses import dataclass
from typing import Final

import asyncpg

from civil.recorded_date import RecordedDate
from civil.sql import load
from issuance_db.sources import SourceAge, age_in

_SQL: Final = load("issuance_db", "seals.sql")


@dataclass(frozen=True, slots=True)
class SealRegistration:
    """What the seal source says of a person. ``age`` is None while nobody has said how old the source is."""

    person_number: str
    name: str
    birth: RecordedDate
    address: str
    image: bytes
    image_sha256: bytes
    sequence: int
    age: SourceAge | None
    held_back: bool


@dataclass(frozen=True, slots=True)
class DerivedSeal:
    """The same, found by another query under the permit's locks. ``image_sha256`` is None where the seal was deleted."""

    sequence: int
    age: SourceAge | None
    agrees: bool
    image_sha256: bytes | None
    held_back: bool


async def registration_of(
    connection: asyncpg.Connection, municipality_code: str, person_number: str
) -> SealRegistration | None:
    """The person's living registration; None for nobody's, and for a deleted one (廃印)."""
    row = await connection.fetchrow(_SQL["registration_of"], municipality_code, person_number)
    if row is None:
        return None
    return SealRegistration(
        row["person_number"],
        row["name"],
        RecordedDate(row["birth_on"], row["birth_text"]),
        row["address"],
        row["image"],
        row["image_sha256"],
        row["sequence"],
        age_in(row),
        row["held_back"],
    )


async def derive_seal(connection: asyncpg.Connection, municipality_code: str, person_number: str) -> DerivedSeal | None:
    """Derive once more, under the permit's locks; None for a person who never had a registration."""
    row = await connection.fetchrow(_SQL["derive"], municipality_code, person_number)
    if row is None:
        return None
    return DerivedSeal(row["sequence"], age_in(row), row["agrees"], row["image_sha256"], row["held_back"])
