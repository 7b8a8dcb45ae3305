"""The issuance resident record (発行用住民票, F6) as read for one request, and the second, independent derivation of the person."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

import asyncpg

from civil.recorded_date import RecordedDate
from civil.sex import Sex
from civil.sql import load

_SQL: Final = load("issuance_db", "residents.sql")


@dataclass(frozen=True, slots=True)
class Article30_45:  # noqa: N801 - the number of the article is its name
    """法30条の45の表の下欄 (F6-015)."""

    category: str
    residence_status: str | None
    residence_period: str | None
    expires_on: date | None
    card_number: str | None


@dataclass(frozen=True, slots=True)
class HouseholdMember:
    """One member's record and what stands against issuing it. The My Number is still sealed."""

    person_number: str
    household_number: str
    person_sequence: int
    household_sequence: int
    household_members: int | None
    """How many the registry counts in the household; None with a registry that is not in this database."""
    is_head: bool
    planned_move_out_on: date | None
    suppressed: bool
    held_back: bool
    name: str
    furigana: str | None
    former_surname: str | None
    former_surname_furigana: str | None
    alias: str | None
    birth: RecordedDate
    sex: Sex
    head_name: str | None
    relationship: str | None
    domicile: str | None
    first_registrant: str | None
    resident_since: RecordedDate | None
    address: str
    address_since: RecordedDate | None
    address_notified_on: date | None
    previous_address: str | None
    address_before_move: str | None
    nationality: str | None
    foreign_resident_since: RecordedDate | None
    article_30_45: Article30_45 | None
    my_number_sealed: bytes | None
    my_number_key_version: int | None


@dataclass(frozen=True, slots=True)
class DerivedMember:
    """One person of the asking person's household, as the second derivation finds them under the permit's locks.

    The sequences are what the registry has committed; None when it knows no such person or household.
    """

    person_number: str
    household_number: str
    is_head: bool
    asks: bool
    planned_move_out_on: date | None
    person_sequence: int | None
    household_sequence: int | None
    household_members: int | None
    suppressed: bool
    held_back: bool


async def household_of(
    connection: asyncpg.Connection, municipality_code: str, person_number: str
) -> tuple[HouseholdMember, ...]:
    """Everyone in the person's household in printing order; empty when the person is not in the issuance record."""
    rows = await connection.fetch(_SQL["household_of"], municipality_code, person_number)
    return tuple(_member(row) for row in rows)


async def is_behind(connection: asyncpg.Connection, municipality_code: str, person_number: str) -> bool:
    """Whether the registry has committed something about the household that the issuance record lacks."""
    return bool(await connection.fetch(_SQL["behind"], municipality_code, person_number))


@dataclass(frozen=True, slots=True)
class LockSubject:
    """Somebody or something whose writers and permits exclude each other."""

    subject: Literal["person", "household", "koseki", "koseki_person"]
    number: str


async def lock_for_permit(
    connection: asyncpg.Connection, municipality_code: str, subjects: Collection[LockSubject]
) -> None:
    """Wait for whoever writes about these subjects, and keep writers out until this transaction ends.

    What the permit decides by, the clock included, is to be read after this.
    """
    words, numbers = [one.subject for one in subjects], [one.number for one in subjects]
    await connection.execute(_SQL["lock_for_permit"], municipality_code, words, numbers)


async def derive_again(
    connection: asyncpg.Connection,
    municipality_code: str,
    credential: tuple[Literal["user_certificate"], str, str] | tuple[Literal["user_id"], str, None],
    now: datetime,
) -> tuple[DerivedMember, ...]:
    """Derive the household from the credential alone, by another query; it must be usable at ``now`` (UTC).

    Empty when it belongs to nobody in the record. Call it under ``lock_for_permit``.
    """
    rows = await connection.fetch(_SQL["derive"], municipality_code, *credential, now)
    return tuple(DerivedMember(**{name: row[name] for name in DerivedMember.__dataclass_fields__}) for row in rows)


def _member(row: asyncpg.Record) -> HouseholdMember:
    values: dict[str, Any] = {name: row[name] for name in HouseholdMember.__dataclass_fields__ if name in row}
    values["sex"] = Sex(row["sex"])
    values["article_30_45"] = _article_30_45(row["article_30_45"])
    for name in ("birth", "resident_since", "address_since", "foreign_resident_since"):
        values[name] = _recorded(row[f"{name}_on"], row[f"{name}_text"])
    return HouseholdMember(**values)


def _recorded(on: date | None, text: str | None) -> RecordedDate | None:
    return None if on is None and text is None else RecordedDate(on, text)


def _article_30_45(column: str | None) -> Article30_45 | None:
    if column is None:
        return None
    items = json.loads(column)
    expires_on = items["expires_on"]
    return Article30_45(
        items["category"],
        items["status"],
        items["period"],
        date.fromisoformat(expires_on) if expires_on else None,
        items["card_number"],
    )
