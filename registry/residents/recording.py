"""Recording an event: one transaction that locks, reads, checks and appends."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg

from civil.calendar import jst_date
from civil.check_digits import numbered_ok
from civil.errors import KioskError
from civil.sql import load
from registry.residents.cancelling import Cancelled, cancelled_event, restored
from registry.residents.checks import (
    household_alerts,
    require_after_existence,
    require_entry,
    require_form,
    require_standing,
)
from registry.residents.database_refusals import without_data
from registry.residents.effects import still_protected
from registry.residents.errors import AlreadyResident, RemovedBefore, TooManyWriters, WrongCheckDigit
from registry.residents.event import RecordedEvent, ResidentEvent
from registry.residents.event_kinds import EventKind, event_kind
from registry.residents.person_record import ITEM_NAMES, HistoryRow, PersonRecord
from registry.residents.reading import city_transaction, current_rows
from registry.residents.relationship import HEAD
from registry.residents.rows import history_values
from registry.residents.text_rules import require_texts

_SQL: Final = load("registry.residents", "queries.sql")
_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class Recorder:
    """Who records, where and when: `now` is an aware instant, and its JST date is 処理日, which nobody types."""

    operator: str
    place: str
    now: datetime


class _HouseholdsMoved(KioskError):
    """Somebody changed household between the look and the lock."""


async def record_event(
    connection: asyncpg.Connection,
    municipality_code: str,
    event: ResidentEvent,
    *,
    operator: str,
    place: str,
    now: datetime,
) -> RecordedEvent:
    """Record an event and return the sequences it moved.

    Takes a connection of role `registry`; a transaction already running is joined by a savepoint, else one is opened.
    READ COMMITTED only: what is read after the locks must be what is committed. Raises a RegisterRefusal, and nothing is
    written.
    """
    kind = event_kind(event.kind)
    require_form(kind, event, jst_date(now))
    recorder = Recorder(operator, place, now)
    for _ in range(_TRIES):
        try:
            with without_data():
                async with city_transaction(connection, municipality_code, isolation="read_committed"):
                    return await _record(connection, municipality_code, kind, event, recorder)
        except _HouseholdsMoved:
            # Leaving the savepoint gave the locks back; they are taken again in their order, with the new household.
            continue
    raise TooManyWriters


async def _record(
    connection: asyncpg.Connection, city: str, kind: EventKind, event: ResidentEvent, recorder: Recorder
) -> RecordedEvent:
    cancelled = None if event.reverses is None else await cancelled_event(connection, city, event.reverses)
    persons = [entry.person_number for entry in event.entries] + list(event.changes) + list(cancelled or ())
    households = await _lock(connection, city, persons, _households_named(event, cancelled))
    rows = await current_rows(connection, city, persons, sorted(households))
    after = _rows_after(kind, event, {number: rows.get(number) for number in persons}, cancelled)
    await _require_own_numbers(connection, city, event.entries)
    _require_household_numbers(rows, after)
    members = _members_after(rows, after, households)
    alerts = household_alerts(kind, members, event)
    event_id = await insert_event(connection, city, event, recorder)
    sequences = {number: rows[number].history_number + 1 if number in rows else 1 for number in after}
    await _append_persons(
        connection,
        city,
        [
            HistoryRow(sequences[n], event_id, record, 0 if record.in_register else jst_date(recorder.now).year)
            for n, record in after.items()
        ],
    )
    moved = await _append_households(connection, city, event_id, members)
    await _tell(connection, city, event_id, sequences, moved)
    return RecordedEvent(event_id, sequences, moved, alerts)


def _households_named(event: ResidentEvent, cancelled: Cancelled | None) -> set[str]:
    named = {entry.household_number for entry in event.entries}
    named |= {str(changes["household_number"]) for changes in event.changes.values() if "household_number" in changes}
    return named | {before.household_number for before, _ in (cancelled or {}).values()}


async def _lock(connection: asyncpg.Connection, city: str, persons: list[str], named: set[str]) -> set[str]:
    """Lock in one statement, then look again in a later one; raises _HouseholdsMoved if the look before was outdated."""
    expected = named | await _households_of(connection, city, persons)
    await connection.execute(_SQL["lock"], city, persons, sorted(expected))
    if not await _households_of(connection, city, persons) <= expected:
        raise _HouseholdsMoved
    return expected


async def _households_of(connection: asyncpg.Connection, city: str, persons: list[str]) -> set[str]:
    rows = await connection.fetch(_SQL["where_persons_are"], city, persons)
    return {row["household_number"] for row in rows}


def _rows_after(
    kind: EventKind, event: ResidentEvent, before: Mapping[str, HistoryRow | None], cancelled: Cancelled | None
) -> dict[str, PersonRecord]:
    given = {entry.person_number: entry for entry in event.entries}
    after = {}
    for number, row in before.items():
        record = None if row is None else row.record
        require_standing(kind, record)
        after[number] = _row_after(kind, event, record, given.get(number), cancelled)
        require_texts(after[number])
    return after


def _row_after(
    kind: EventKind,
    event: ResidentEvent,
    record: PersonRecord | None,
    given: PersonRecord | None,
    cancelled: Cancelled | None,
) -> PersonRecord:
    if given is not None:
        entered = kind.effect(given if record is None else still_protected(given, record), event)
        require_entry(kind, event, entered, is_new=record is None)
        return entered
    assert record is not None  # noqa: S101 - require_standing refuses an absent person in every kind but the entries
    if cancelled is not None:
        return restored(record, *cancelled[record.person_number])
    require_after_existence(event, record)
    return kind.effect(record, event)


async def _require_own_numbers(connection: asyncpg.Connection, city: str, entries: Iterable[PersonRecord]) -> None:
    """Refuse an entry under a new person number of somebody whom the register knows, living or removed (再転入)."""
    own = {entry.resident_code: entry.person_number for entry in entries}
    own_index = {entry.my_number.index: entry.person_number for entry in entries if entry.my_number is not None}
    for row in await connection.fetch(_SQL["sharers"], city, list(own), list(own_index)):
        claims = {own.get(row["resident_code"]), own_index.get(row["my_number_index"])} - {None}
        if claims != {row["person_number"]}:
            raise AlreadyResident if row["in_register"] else RemovedBefore(row["person_number"])


def _require_household_numbers(rows: Mapping[str, HistoryRow], after: Mapping[str, PersonRecord]) -> None:
    """Refuse a new household whose number has a wrong check digit; where people live already it is taken as it is."""
    lived_in = {row.record.household_number for row in rows.values()}
    for record in after.values():
        if record.household_number not in lived_in and not numbered_ok(record.household_number):
            raise WrongCheckDigit("household_number", ITEM_NAMES["household_number"])


def _members_after(
    rows: Mapping[str, HistoryRow], after: Mapping[str, PersonRecord], households: set[str]
) -> dict[str, tuple[PersonRecord, ...]]:
    """Who is in each household that the event touched, once it is recorded."""
    now = {number: row.record for number, row in rows.items()} | dict(after)
    touched = {rows[number].record.household_number for number in after if number in rows}
    touched |= {record.household_number for record in after.values()}
    return {
        household: tuple(r for r in now.values() if r.household_number == household and r.in_register)
        for household in sorted(touched & households)
    }


async def insert_event(connection: asyncpg.Connection, city: str, event: ResidentEvent, recorder: Recorder) -> int:
    """Append the event itself and return its number."""
    check = event.identity_check
    event_id: int = await connection.fetchval(
        _SQL["insert_event"], city, event.kind, event.occurred.on, event.occurred.text, event.notified_on,
        recorder.now, recorder.operator, recorder.place,
        None if check is None else check.document, None if check is None else check.checked_by, event.reverses,
    )  # fmt: skip
    return event_id


async def _append_persons(connection: asyncpg.Connection, city: str, rows: Iterable[HistoryRow]) -> None:
    for row in rows:
        record = row.record
        await connection.execute(_SQL["insert_person_row"], *history_values(city, row))
        await connection.execute(
            _SQL["enter_person" if row.history_number == 1 else "move_person"],
            record.household_number, record.in_register, record.resident_code,
            None if record.my_number is None else record.my_number.index, city, record.person_number, row.history_number, row.removed_in,
        )  # fmt: skip


async def _append_households(
    connection: asyncpg.Connection, city: str, event_id: int, members: Mapping[str, tuple[PersonRecord, ...]]
) -> dict[str, int]:
    found = await connection.fetch(_SQL["household_sequences"], city, list(members))
    last = {row["household_number"]: row["last_sequence"] for row in found}
    moved = {household: last.get(household, 0) + 1 for household in members}
    for household, sequence in moved.items():
        head = next((member.person_number for member in members[household] if member.relationship == HEAD), None)
        await connection.execute(_SQL["insert_household_row"], city, household, sequence, event_id, head)
        pointer = "enter_household" if sequence == 1 else "move_household"
        await connection.execute(_SQL[pointer], head, city, household, sequence)
    return moved


async def _tell(
    connection: asyncpg.Connection, city: str, event_id: int, persons: Mapping[str, int], households: Mapping[str, int]
) -> None:
    await connection.execute(
        _SQL["insert_outbox"], city, event_id,
        ["person"] * len(persons) + ["household"] * len(households),
        [*persons, *households], [*persons.values(), *households.values()],
    )  # fmt: skip
