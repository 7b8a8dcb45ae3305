"""Reading and adding what a city has set, as role staff. The connection's transaction has the city set."""

from dataclasses import dataclass, field
from datetime import date, time
from typing import Final

import asyncpg

from civil.sql import load

_SQL: Final = load("issuance_db", "city_settings.sql")


@dataclass(frozen=True, slots=True)
class Municipality:
    """The city itself."""

    name: str
    my_number_allowed: bool
    minimum_age: int


@dataclass(frozen=True, slots=True)
class MayorTerm:
    """Who certifies, from and until which JST date (inclusive)."""

    start: date
    until: date | None
    title: str
    name: str


@dataclass(frozen=True, slots=True)
class SealTerm:
    """The official seal (PNG), from and until which JST date (inclusive)."""

    start: date
    until: date | None
    image: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Fee:
    """What a certificate costs in a channel from a JST date on."""

    kind: str
    channel: str
    start: date
    yen: int


@dataclass(frozen=True, slots=True)
class Hours:
    """When a kind is served on a day of the week (ISO 8601: 1 is Monday), JST."""

    kind: str
    weekday: int
    opens_at: time
    closes_at: time


@dataclass(frozen=True, slots=True)
class TaxYear:
    """From and until which JST date (both inclusive) a tax year (2026 is 令和8年度) of a kind is offered."""

    kind: str
    year: int
    start: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Retirement:
    """The last JST day on which a kind is issued."""

    kind: str
    last_day: date


@dataclass(frozen=True, slots=True)
class CityRows:
    """Everything a city has set, or a part of it to be added. `municipality` is None where there is none."""

    municipality: Municipality | None = None
    mayors: tuple[MayorTerm, ...] = ()
    seals: tuple[SealTerm, ...] = ()
    fees: tuple[Fee, ...] = ()
    hours: tuple[Hours, ...] = ()
    tax_years: tuple[TaxYear, ...] = ()
    retirements: tuple[Retirement, ...] = ()


@dataclass(frozen=True, slots=True)
class CityChanges:
    """Rows to add, and mayors, seals and tax years whose last day has become known."""

    added: CityRows = field(default_factory=CityRows)
    ended_mayors: tuple[MayorTerm, ...] = ()
    ended_seals: tuple[SealTerm, ...] = ()
    ended_tax_years: tuple[TaxYear, ...] = ()


async def read_city(connection: asyncpg.Connection, municipality_code: str) -> CityRows:
    """What is stored, each list by date."""
    found = await connection.fetchrow(_SQL["municipality"], municipality_code)
    return CityRows(
        None if found is None else Municipality(*found),
        tuple([MayorTerm(*row) for row in await connection.fetch(_SQL["mayors"], municipality_code)]),
        tuple([SealTerm(*row) for row in await connection.fetch(_SQL["seals"], municipality_code)]),
        tuple([Fee(*row) for row in await connection.fetch(_SQL["fees"], municipality_code)]),
        tuple([Hours(*row) for row in await connection.fetch(_SQL["hours"], municipality_code)]),
        tuple([TaxYear(*row) for row in await connection.fetch(_SQL["tax_years"], municipality_code)]),
        tuple([Retirement(*row) for row in await connection.fetch(_SQL["retirements"], municipality_code)]),
    )


async def change_city(connection: asyncpg.Connection, municipality_code: str, changes: CityChanges) -> None:
    """Write changes that were compared with what is stored; nothing stored is overwritten."""
    code, added = municipality_code, changes.added
    if added.municipality is not None:
        city = added.municipality
        await connection.execute(_SQL["add_municipality"], code, city.name, city.my_number_allowed, city.minimum_age)
    for mayor in changes.ended_mayors:
        await connection.execute(_SQL["end_mayor"], code, mayor.start, mayor.until)
    for seal in changes.ended_seals:
        await connection.execute(_SQL["end_seal"], code, seal.start, seal.until)
    for year in changes.ended_tax_years:
        await connection.execute(_SQL["end_tax_year"], code, year.kind, year.year, year.until)
    await _add_rows(connection, code, added)


async def _add_rows(connection: asyncpg.Connection, code: str, added: CityRows) -> None:
    rows_by_statement: dict[str, list[tuple[object, ...]]] = {
        "add_mayor": [(row.start, row.until, row.title, row.name) for row in added.mayors],
        "add_seal": [(row.start, row.until, row.image) for row in added.seals],
        "add_fee": [(row.kind, row.channel, row.start, row.yen) for row in added.fees],
        "add_hours": [(row.kind, row.weekday, row.opens_at, row.closes_at) for row in added.hours],
        "add_tax_year": [(row.kind, row.year, row.start, row.until) for row in added.tax_years],
        "add_retirement": [(row.kind, row.last_day) for row in added.retirements],
    }
    for statement, rows in rows_by_statement.items():
        if rows:
            await connection.executemany(_SQL[statement], [(code, *row) for row in rows])
