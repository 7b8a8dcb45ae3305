"""開示 (PIA R-80): everything the register holds about one person, who looked at it, and to whom it was provided."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

import asyncpg

from civil.sql import load
from registry.residents.inquiry import PersonHistory, look_at_person
from registry.residents.inquiry_log import Inquirer, Look, Sight, who_looked
from registry.residents.reading import city_transaction
from registry.residents.releases import TemporaryRelease, temporary_releases

_SQL: Final = load("registry.residents", "operation_log.sql")


@dataclass(frozen=True, slots=True)
class Provided:
    """A list or a provision that the person was on."""

    extract_id: int
    made_at: datetime
    staff: str
    reason: str
    basis: str
    recipient: str
    asked: str


@dataclass(frozen=True, slots=True)
class Inspected:
    """An inspection of a list that the person was on."""

    extract_id: int
    inspected_on: date
    inspector: str
    purpose: str


@dataclass(frozen=True, slots=True)
class MadePaper:
    """A certificate or notice of the counter that the person was on."""

    number: str
    made_at: datetime
    kind: str
    staff: str
    reason: str
    handed_to: str
    identity_document: str
    released_by: str | None


@dataclass(frozen=True, slots=True)
class Disclosed:
    """`items` are those of F1 by name as they are now, without the My Number; the looks include the one for this disclosure."""

    items: Mapping[str, object]
    history: PersonHistory
    looks: Sequence[Look]
    provided: Sequence[Provided]
    inspected: Sequence[Inspected]
    papers: Sequence[MadePaper]
    releases: Sequence[TemporaryRelease]


async def disclose(
    connection: asyncpg.Connection, municipality_code: str, person_number: str, asker: Inquirer, now: datetime
) -> Disclosed:
    """Everything about a person, living or removed; that it was looked at is recorded first. Raises UnknownPerson.

    Takes a connection of role `registry` outside any transaction.
    """
    sees_all = replace(asker, sights=frozenset(Sight) - {Sight.MY_NUMBER})
    history = await look_at_person(connection, municipality_code, person_number, sees_all, now)
    async with city_transaction(connection, municipality_code):
        items = await connection.fetchval(_SQL["file_of_person"], municipality_code, person_number)
        provided = await connection.fetch(_SQL["extracts_of_person"], municipality_code, person_number)
        inspected = await connection.fetch(_SQL["inspections_of_person"], municipality_code, person_number)
        papers = await papers_of(connection, municipality_code, person_number)
        releases = await temporary_releases(connection, municipality_code, [person_number])
        looks = await who_looked(connection, municipality_code, person_number)
    return Disclosed(
        json.loads(items),
        history,
        looks,
        tuple(Provided(**row) for row in provided),
        tuple(Inspected(**row) for row in inspected),
        papers,
        releases,
    )


async def papers_of(
    connection: asyncpg.Connection, municipality_code: str, person_number: str
) -> tuple[MadePaper, ...]:
    """The certificates and notices that a person was on, newest first; takes a transaction whose city is set."""
    rows = await connection.fetch(_SQL["papers_of_person"], municipality_code, person_number)
    return tuple(MadePaper(**row) for row in rows)
