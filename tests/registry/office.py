"""A clerk's desk for tests: people as they are handed in, and events recorded as role `registry`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg

from civil.check_digits import resident_code
from civil.recorded_date import RecordedDate
from civil.sex import Sex
from keys.purpose import Purpose
from keys.secret_key import SecretKey
from registry.residents import (
    HistoryRow,
    IdentityCheck,
    IncomingPerson,
    PersonRecord,
    RecordedEvent,
    RegistryKeys,
    ResidentEvent,
    city_transaction,
    current_person,
    household_members,
    load_initial,
    number_of,
    record_event,
)
from tests.servers import Database

CITY = "092029"
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
SEEN = IdentityCheck("個人番号カード", "職員０１")
KEYS = RegistryKeys(SecretKey(Purpose.MY_NUMBER, 1, b"1" * 32), SecretKey(Purpose.MY_NUMBER_INDEX, 1, b"2" * 32))
HOME = number_of(1)
FOREIGN: Mapping[str, Any] = {
    "domicile": None, "first_registrant": None, "resident_since": None, "nationality": "ネパール",
    "article_30_45_category": "特別永住者", "foreign_resident_since": RecordedDate(date(2012, 7, 9)),
}  # fmt: skip
"""Items of a foreign resident, for `someone`."""


def days_ago(days: int) -> RecordedDate:
    return RecordedDate(TODAY - timedelta(days=days))


def someone(serial: int, relationship: str = "世帯主", **items: Any) -> PersonRecord:
    """A resident with everything the law wants."""
    given: dict[str, Any] = {
        "person_number": number_of(serial),
        "household_number": HOME,
        "resident_code": resident_code(f"{serial:010}"),
        "name": f"見本　{serial}",
        "furigana": "ミホン　タロウ",
        "birth": RecordedDate(date(1980, 4, 2)),
        "sex": Sex.FEMALE,
        "relationship": relationship,
        "domicile": "栃木県足利市本城三丁目２１４５番地",
        "first_registrant": "見本　太郎",
        "resident_since": RecordedDate(date(2010, 4, 1)),
        "address_since": RecordedDate(date(2015, 4, 1)),
        "address_notified_on": date(2015, 4, 3),
        "postal_code": "3260053",
        "address": "栃木県足利市本城三丁目２１４５番地",
    }
    return PersonRecord(**(given | items))


@dataclass(frozen=True, slots=True)
class Office:
    """A connection of role `registry`, and what clerks do with it."""

    database: Database
    connection: asyncpg.Connection
    city: str = CITY
    kept: dict[str, asyncpg.Connection] = field(default_factory=dict, compare=False)

    async def load(self, *people: PersonRecord) -> None:
        await load_initial(
            self.connection,
            self.city,
            [IncomingPerson(p) for p in people],
            KEYS,
            operator="移行",
            place="市民課",
            now=NOW,
        )

    async def record(
        self, event: ResidentEvent, *, now: datetime = NOW, decided_by: str | None = "職員０２"
    ) -> RecordedEvent:
        return await record_event(
            self.connection, self.city, event, operator="職員０１", place="市民課", now=now, decided_by=decided_by
        )

    async def file(
        self, kind: str, changes: Mapping[str, Mapping[str, Any]] | None = None, **details: Any
    ) -> RecordedEvent:
        """Record an event that was notified today with an identity check, unless `details` say otherwise."""
        given: dict[str, Any] = {
            "occurred": days_ago(3),
            "notified_on": TODAY,
            "identity_check": SEEN,
            "changes": changes or {},
        }
        now = details.pop("now", NOW)
        return await self.record(ResidentEvent(kind=kind, **(given | details)), now=now)

    async def person(self, number: str) -> HistoryRow:
        async with city_transaction(self.connection, self.city):
            return await current_person(self.connection, self.city, number)

    async def members(self, household: str = HOME) -> list[str]:
        async with city_transaction(self.connection, self.city):
            return [row.record.person_number for row in await household_members(self.connection, self.city, household)]

    async def rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        """Read as the superuser, who sees every city."""
        if "admin" not in self.kept:
            self.kept["admin"] = await self.database.connect()
        return [dict(row) for row in await self.kept["admin"].fetch(sql, *values)]


async def protect_in_front(office: Office, person_number: str) -> None:
    """As staff of the issuing side suppress somebody, of which the register knows nothing."""
    connection = await office.database.connect("staff", office.city)
    await connection.execute(
        "INSERT INTO issuance.suppression (municipality_code, person_number, source) VALUES ($1, $2, 'staff')", office.city, person_number,
    )  # fmt: skip
