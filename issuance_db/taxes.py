"""課税台帳: a person's record of one tax year as read for a request, its second derivation, and which years a city offers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import asyncpg

from civil.recorded_date import RecordedDate
from civil.sql import load
from issuance_db.sources import SourceAge, age_in

_SQL: Final = load("issuance_db", "taxes.sql")


@dataclass(frozen=True, slots=True)
class TaxRecord:
    """What the tax source says of a person and year. ``amounts``: items of ``civil.tax_items`` in yen, or heads."""

    person_number: str
    name: str
    birth: RecordedDate
    address: str
    address_on_january_1: str
    declared: bool
    amounts: Mapping[str, int]
    sequence: int
    age: SourceAge | None
    held_back: bool


@dataclass(frozen=True, slots=True)
class DerivedTax:
    """The same, found by another query under the permit's locks. ``agrees``: declared, and of the same holder."""

    sequence: int
    age: SourceAge | None
    agrees: bool
    amounts: Mapping[str, int]
    held_back: bool


async def record_of(
    connection: asyncpg.Connection, municipality_code: str, person_number: str, tax_year: int
) -> TaxRecord | None:
    """The person's record of that year; None where the source has none."""
    row = await connection.fetchrow(_SQL["record_of"], municipality_code, person_number, tax_year)
    if row is None:
        return None
    return TaxRecord(
        row["person_number"],
        row["name"],
        RecordedDate(row["birth_on"], row["birth_text"]),
        row["address"],
        row["address_on_january_1"],
        row["declared"],
        json.loads(row["amounts"]),
        row["sequence"],
        age_in(row),
        row["held_back"],
    )


async def derive_tax(
    connection: asyncpg.Connection, municipality_code: str, person_number: str, tax_year: int
) -> DerivedTax | None:
    """Derive once more, under the permit's locks; None for a person of whom the source never spoke."""
    row = await connection.fetchrow(_SQL["derive"], municipality_code, person_number, tax_year)
    if row is None:
        return None
    return DerivedTax(row["sequence"], age_in(row), row["agrees"], json.loads(row["amounts"]), row["held_back"])


async def offered_years(connection: asyncpg.Connection, municipality_code: str, kind: str, on: date) -> tuple[int, ...]:
    """The tax years (2026 is 令和8年度) of a kind that the city offers on a JST date, the newest first."""
    rows = await connection.fetch(_SQL["offered_years"], municipality_code, kind, on)
    return tuple(row["tax_year"] for row in rows)
