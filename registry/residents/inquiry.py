"""Inquiries of the register (照会, S1-2): searching, a person with all history, a household. Each is recorded before it is answered.

Every function takes a connection of role `registry` outside any transaction: what is refused is recorded too.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

import asyncpg

from civil.recorded_date import RecordedDate
from civil.sql import load
from registry.residents.errors import UnknownPerson
from registry.residents.inquiry_log import Inquirer, NoRight, record_inquiry
from registry.residents.my_number import RegistryKeys
from registry.residents.person_record import HistoryRow
from registry.residents.reading import city_transaction, current_rows, household_members, persons_as_of
from registry.residents.rows import history_row
from registry.residents.sought import Sought, arguments

_SQL: Final = load("registry.residents", "inquiry.sql")
MOST_FOUND: Final = 50
"""More than these are not shown: the search is made narrower."""


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody who was found: the current row, and the row that was found by, where that is an earlier one."""

    row: HistoryRow
    matched: int
    matched_name: str
    matched_address: str

    @property
    def is_past(self) -> bool:
        """Whether what was asked was true of them only before."""
        return self.matched != self.row.history_number


@dataclass(frozen=True, slots=True)
class Inquired:
    """At most `MOST_FOUND` persons by furigana, and whether there are more."""

    found: tuple[Found, ...]
    is_more: bool


@dataclass(frozen=True, slots=True)
class WrittenBy:
    """The event that wrote a row."""

    kind: str
    occurred: RecordedDate
    notified_on: date | None
    recorded_at: datetime
    operator: str
    decided_by: str | None
    place: str
    note: str | None
    cancelled_by: int | None


@dataclass(frozen=True, slots=True)
class PersonHistory:
    """Every row of a person, oldest first, with the event that wrote it; the last is the current one."""

    rows: tuple[tuple[HistoryRow, WrittenBy], ...]

    @property
    def current(self) -> HistoryRow:
        """The newest row."""
        return self.rows[-1][0]


async def inquire(
    connection: asyncpg.Connection,
    municipality_code: str,
    sought: Sought,
    inquirer: Inquirer,
    now: datetime,
    keys: RegistryKeys | None = None,
) -> Inquired:
    """Find persons, living and removed. `keys` are needed for a My Number.

    Raises NoRight where an item is asked that the inquirer may not see (recorded as refused), and WrongCheckDigit.
    """
    await _require_rights(connection, municipality_code, sought, inquirer, now)
    async with city_transaction(connection, municipality_code):
        await connection.execute(_SQL["settle"])
        rows = await connection.fetch(
            _SQL["found"], municipality_code, *arguments(sought, keys), MOST_FOUND + 1
        )  # fmt: skip
        shown = rows[:MOST_FOUND]
        numbers = [row["person_number"] for row in shown]
        current = await current_rows(connection, municipality_code, numbers)
        await record_inquiry(connection, municipality_code, inquirer, "search", sought.items, numbers, now)
    found = (
        Found(_seen(inquirer, current[row["person_number"]]), row["history_number"], row["name"], row["address"])
        for row in shown
    )
    return Inquired(tuple(sorted(found, key=_by_furigana)), len(rows) > MOST_FOUND)


async def _require_rights(
    connection: asyncpg.Connection, city: str, sought: Sought, inquirer: Inquirer, now: datetime
) -> None:
    if inquirer.hidden.isdisjoint(sought.items):
        return
    async with city_transaction(connection, city):
        await record_inquiry(connection, city, inquirer, "search", sought.items, (), now, refused=True)
    raise NoRight


async def look_at_person(
    connection: asyncpg.Connection, municipality_code: str, person_number: str, inquirer: Inquirer, now: datetime
) -> PersonHistory:
    """A person as they are and as they were, removed or not. Raises UnknownPerson."""
    async with city_transaction(connection, municipality_code):
        await connection.execute(_SQL["settle"])
        rows = await connection.fetch(_SQL["history"], municipality_code, person_number)
        if not rows:
            raise UnknownPerson
        await record_inquiry(connection, municipality_code, inquirer, "person", (), [person_number], now)
    return PersonHistory(tuple(_with_event(dict(row), inquirer) for row in rows))


async def look_at_household(
    connection: asyncpg.Connection,
    municipality_code: str,
    household_number: str,
    inquirer: Inquirer,
    now: datetime,
    at: datetime | None = None,
) -> tuple[HistoryRow, ...]:
    """The members of a household in their order, now or as the register said at an instant; empty where there was nobody."""
    async with city_transaction(connection, municipality_code):
        members: Sequence[HistoryRow] = await household_members(connection, municipality_code, household_number)
        if at is not None:
            members = await _members_at(connection, municipality_code, household_number, at)
        numbers = [member.record.person_number for member in members]
        await record_inquiry(connection, municipality_code, inquirer, "household", (), numbers, now)
    return tuple(_seen(inquirer, member) for member in members)


async def _members_at(
    connection: asyncpg.Connection, city: str, household_number: str, at: datetime
) -> Sequence[HistoryRow]:
    ever = await connection.fetch(_SQL["ever_in_household"], city, household_number)
    rows = await persons_as_of(connection, city, at, [row["person_number"] for row in ever])
    return [
        row
        for row in rows.values()
        if row.record.in_register and row.record.household_number == household_number
    ]  # fmt: skip


def _with_event(columns: dict[str, object], inquirer: Inquirer) -> tuple[HistoryRow, WrittenBy]:
    event = {
        name.removeprefix("event_"): columns.pop(name)
        for name in [*columns]
        if name.startswith("event_") and name != "event_id"
    }
    occurred = RecordedDate(event.pop("occurred_on"), event.pop("occurred_text"))  # type: ignore[arg-type]
    return _seen(inquirer, history_row(columns)), WrittenBy(occurred=occurred, **event)  # type: ignore[arg-type]


def _seen(inquirer: Inquirer, row: HistoryRow) -> HistoryRow:
    return replace(row, record=inquirer.seen(row.record))


def _by_furigana(found: Found) -> tuple[str, str]:
    return found.row.record.furigana or found.row.record.name, found.row.record.person_number
