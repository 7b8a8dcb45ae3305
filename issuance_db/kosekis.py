"""戸籍: the koseki in which a person lives as read for a request, and its second derivation."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

import asyncpg

from civil.recorded_date import RecordedDate
from civil.sql import load
from issuance_db.sources import SourceAge, age_in

_SQL: Final = load("issuance_db", "kosekis.sql")


@dataclass(frozen=True, slots=True)
class KosekiMember:
    """One person of the koseki and what stands against showing them.

    ``asks``: it is whose koseki was asked for. ``is_first_registrant``: theirs is the name at its head (筆頭者).
    ``person_number`` where the koseki gives one; the three numbers after it where the issuance record has that person.
    ``behind``: the registry has committed something about them that the issuance record lacks.
    """

    position: int
    koseki_person_number: str
    person_number: str | None
    household_number: str | None
    person_sequence: int | None
    household_sequence: int | None
    asks: bool
    is_first_registrant: bool
    behind: bool
    suppressed: bool
    held_back: bool
    surname: str
    given_name: str
    given_name_furigana: str | None
    birth: RecordedDate
    spouse_kind: Literal["夫", "妻"] | None
    father: str | None
    mother: str | None
    adoptive_father: str | None
    adoptive_mother: str | None
    relationship: str
    removed: bool


@dataclass(frozen=True, slots=True)
class KosekiEntry:
    """One item with its paragraphs as (label, content); of the koseki itself without a ``member_position``."""

    member_position: int | None
    heading: str
    paragraphs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Koseki:
    """A koseki as fed. ``pending_since``: a notification (届出) has come in and is not entered yet."""

    koseki_number: str
    domicile: str
    first_registrant: str
    pending_since: datetime | None
    sequence: int
    age: SourceAge | None
    held_back: bool
    members: tuple[KosekiMember, ...]
    entries: tuple[KosekiEntry, ...]


@dataclass(frozen=True, slots=True)
class DerivedKosekiMember:
    """One person of the asking person's koseki, found by another query under the permit's locks."""

    koseki_number: str
    koseki_person_number: str
    person_number: str | None
    person_sequence: int | None
    household_sequence: int | None
    asks: bool
    is_first_registrant: bool
    pending: bool
    sequence: int
    age: SourceAge | None
    behind: bool
    suppressed: bool
    held_back: bool


async def koseki_of(
    connection: asyncpg.Connection, municipality_code: str, person_number: str, kind: str
) -> Koseki | None:
    """The koseki in which a person of the register lives; None for a person without one in this city.

    ``held_back`` there says whether the person was set aside for this kind.
    """
    row = await connection.fetchrow(_SQL["koseki_of"], municipality_code, person_number, kind)
    if row is None:
        return None
    return Koseki(
        row["koseki_number"],
        row["domicile"],
        row["first_registrant"],
        row["pending_since"],
        row["sequence"],
        age_in(row),
        row["held_back"],
        tuple(_member(member) for member in json.loads(row["members"])),
        tuple(_entry(item) for item in json.loads(row["items"])),
    )


async def derive_koseki(
    connection: asyncpg.Connection, municipality_code: str, person_number: str, kind: str
) -> Sequence[DerivedKosekiMember]:
    """Derive everyone in it once more, under the permit's locks; empty when the person lives in none."""
    rows = await connection.fetch(_SQL["derive"], municipality_code, person_number, kind)
    return [
        DerivedKosekiMember(
            age=age_in(row),
            **{name: row[name] for name in DerivedKosekiMember.__dataclass_fields__ if name != "age"},
        )
        for row in rows
    ]


def _member(facts: Mapping[str, Any]) -> KosekiMember:
    values = {name: facts[name] for name in KosekiMember.__dataclass_fields__ if name != "birth"}
    on = facts["birth_on"]
    birth = RecordedDate(None if on is None else date.fromisoformat(on), facts["birth_text"])
    return KosekiMember(birth=birth, **values)


def _entry(facts: Mapping[str, Any]) -> KosekiEntry:
    paragraphs = tuple((label, content) for label, content in facts["paragraphs"])
    return KosekiEntry(facts["member_position"], facts["heading"], paragraphs)
