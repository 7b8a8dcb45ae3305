"""戸籍の附票: the addresses of everyone in the koseki in which a person lives, as read for a request, and the second derivation."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import asyncpg

from civil.recorded_date import RecordedDate
from civil.sex import Sex
from civil.sql import load
from issuance_db.sources import SourceAge, age_in

_SQL: Final = load("issuance_db", "koseki_supplements.sql")


@dataclass(frozen=True, slots=True)
class RecordedAddress:
    """One address and the day it was settled at, where that is recorded."""

    address: str
    since: RecordedDate | None


@dataclass(frozen=True, slots=True)
class PersonOfSupplement:
    """One person, every address of theirs, the oldest first, and what stands against showing them.

    Numbers as in ``KosekiMember``. ``address_in_record``: where the issuance record has them living today.
    """

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
    planned_move_out: bool
    address_in_record: str | None
    name: str
    birth: RecordedDate | None
    sex: Sex | None
    removed: bool
    addresses: tuple[RecordedAddress, ...]

    @property
    def in_koseki(self) -> tuple[str, str | None, str, bool]:
        """What the koseki must say of them too: both numbers, the name, and whether they left."""
        return self.koseki_person_number, self.person_number, self.name, self.removed


@dataclass(frozen=True, slots=True)
class KosekiSupplement:
    """A 附票 as fed, with the state of its koseki.

    ``members``: whom the koseki has, as ``PersonOfSupplement.in_koseki``. ``koseki_sequence`` is None where the koseki was never fed.
    """

    koseki_number: str
    domicile: str
    first_registrant: str
    sequence: int
    age: SourceAge | None
    koseki_sequence: int | None
    koseki_age: SourceAge | None
    pending_since: datetime | None
    held_back: bool
    members: frozenset[tuple[str, str | None, str, bool]]
    persons: tuple[PersonOfSupplement, ...]


@dataclass(frozen=True, slots=True)
class DerivedOfSupplement:
    """One person of the asking person's koseki, found through the koseki under the permit's locks, with their addresses."""

    koseki_number: str
    koseki_person_number: str
    person_number: str | None
    person_sequence: int | None
    household_sequence: int | None
    asks: bool
    is_first_registrant: bool
    pending: bool
    behind: bool
    suppressed: bool
    held_back: bool
    planned_move_out: bool
    addresses: tuple[str, ...]
    age: SourceAge | None
    koseki_age: SourceAge | None


async def supplement_of(
    connection: asyncpg.Connection, municipality_code: str, person_number: str
) -> KosekiSupplement | None:
    """The 附票 of the koseki in which a person of the register lives; None for a person without one in this city."""
    row = await connection.fetchrow(_SQL["supplement_of"], municipality_code, person_number)
    if row is None:
        return None
    return KosekiSupplement(
        row["koseki_number"],
        row["domicile"],
        row["first_registrant"],
        row["sequence"],
        age_in(row),
        row["koseki_sequence"],
        age_in(row, "koseki_"),
        row["pending_since"],
        row["held_back"],
        frozenset((number, person, name, removed) for number, person, name, removed in json.loads(row["members"])),
        tuple(_person(facts) for facts in json.loads(row["persons"])),
    )


async def derive_supplement(
    connection: asyncpg.Connection, municipality_code: str, person_number: str
) -> Sequence[DerivedOfSupplement]:
    """Derive everyone once more, under the permit's locks; empty when the person lives in no koseki."""
    rows = await connection.fetch(_SQL["derive"], municipality_code, person_number)
    told = set(DerivedOfSupplement.__dataclass_fields__) - {"age", "koseki_age", "addresses"}
    return [
        DerivedOfSupplement(
            addresses=tuple(row["addresses"]),
            age=age_in(row),
            koseki_age=age_in(row, "koseki_"),
            **{name: row[name] for name in told},
        )
        for row in rows
    ]


def _person(facts: Mapping[str, Any]) -> PersonOfSupplement:
    read = {"birth", "sex", "addresses"}
    values = {name: facts[name] for name in PersonOfSupplement.__dataclass_fields__ if name not in read}
    addresses = tuple(RecordedAddress(one["address"], _date(one, "since")) for one in facts["addresses"])
    sex = None if facts["sex"] is None else Sex(facts["sex"])
    return PersonOfSupplement(birth=_date(facts, "birth"), sex=sex, addresses=addresses, **values)


def _date(facts: Mapping[str, Any], name: str) -> RecordedDate | None:
    on, text = facts[f"{name}_on"], facts[f"{name}_text"]
    if on is None and text is None:
        return None
    return RecordedDate(None if on is None else date.fromisoformat(on), text)
