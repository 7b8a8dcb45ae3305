"""Checks a whole export against the issuance record, one person at a time."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg

import pdf
from civil.sql import load
from issuance_db.residents import HouseholdMember, household_of
from kiosk_server.changeover.comparing import Finding, Listed, compare_person
from kiosk_server.changeover.export_file import Export
from kiosk_server.changeover.printing import Printer, printer_of
from sync.feeds import OtherCity

_SQL: Final = load("kiosk_server.changeover", "changeover.sql")
_WHOLE_PERSON: Final = "-"


@dataclass(frozen=True, slots=True)
class Checked:
    """How many persons, how many of each finding in each field, and every difference in the order of the file."""

    persons: int
    counts: Counter[tuple[str, Finding]]
    differences: tuple[Listed, ...]


async def check_export(
    connection: asyncpg.Connection, municipality_code: str, export: Export, fonts: pdf.FontChain, now: datetime
) -> Checked:
    """Compare everybody of the file and of the issuance record, in one transaction that may read both (role `fsck`).

    `now` is UTC. Raises FileRefused, OtherCity and CityIncomplete.
    """
    if export.municipality_code != municipality_code:
        raise OtherCity
    printer = await printer_of(connection, municipality_code, fonts, now)
    counts: Counter[tuple[str, Finding]] = Counter()
    differences: list[Listed] = []
    seen: set[str] = set()
    async for listed in _findings(connection, municipality_code, export, printer, seen):
        counts[listed.field, listed.finding] += 1
        if listed.finding.is_difference:
            differences.append(listed)
    return Checked(len(seen), counts, tuple(differences))


async def _findings(
    connection: asyncpg.Connection, city: str, export: Export, printer: Printer, seen: set[str]
) -> AsyncIterator[Listed]:
    for person in export.persons():
        number = person.person_number
        seen.add(number)
        member = await _member(connection, city, number)
        if member is None:
            yield Listed(number, _WHOLE_PERSON, Finding.NO_SUCH_PERSON)
            continue
        try:
            now = printer.printed(member)
        except pdf.PaperError as error:
            yield Listed(number, getattr(error, "field", _WHOLE_PERSON), Finding.UNPRINTABLE)
            continue
        for listed in compare_person(number, person.fields, now):
            yield listed
    for row in await connection.fetch(_SQL["everyone"], city):
        if row["person_number"] not in seen:
            yield Listed(row["person_number"], _WHOLE_PERSON, Finding.NOT_EXPORTED)


async def _member(connection: asyncpg.Connection, city: str, number: str) -> HouseholdMember | None:
    household = await household_of(connection, city, number)
    return next((member for member in household if member.person_number == number), None)
