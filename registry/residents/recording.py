"""Recording an event: one transaction that locks, reads, checks and appends."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

import asyncpg

from civil.calendar import jst_date
from civil.sql import load
from registry.residents.appending import Recorder, append_households, append_persons, insert_event, tell
from registry.residents.cancelling import Cancelled, cancelled_event
from registry.residents.checks import require_form, require_second_person
from registry.residents.database_refusals import without_data
from registry.residents.errors import AlreadyResident, BornBefore, NumberTaken, RemovedBefore, TooManyWriters
from registry.residents.event import Alert, RecordedEvent, ResidentEvent
from registry.residents.event_kinds import event_kind
from registry.residents.household_checks import (
    Members,
    head_to_be,
    household_alerts,
    require_household_numbers,
    require_households,
)
from registry.residents.locking import lock_persons
from registry.residents.numbering import FEW_CODES, draw_resident_codes, resident_codes_left
from registry.residents.person_record import HistoryRow, PersonRecord, SealedMyNumber
from registry.residents.reading import city_transaction, current_rows
from registry.residents.rows_after import RowsAfter, members_after, members_of, rows_after
from registry.residents.rules import EventKind, FollowUp, Notice, Validation

_SQL: Final = load("registry.residents", "queries.sql")
_TRIES: Final = 5
_CODES_CHANGED: Final = frozenset({"RC1", "RC2"})


async def record_event(
    connection: asyncpg.Connection,
    municipality_code: str,
    event: ResidentEvent,
    *,
    operator: str,
    place: str,
    now: datetime,
    terminal: str | None = None,
    decided_by: str | None = None,
) -> RecordedEvent:
    """Record an event (本登録) and return the sequences it moved.

    Takes a connection of role `registry`; a transaction already running is joined by a savepoint, else one is opened.
    READ COMMITTED only: what is read after the locks must be what is committed. Raises a RegisterRefusal, and nothing is
    written.
    """
    kind = event_kind(event.kind)
    require_form(kind, event, jst_date(now))
    require_second_person(kind, operator, decided_by)
    recorder = Recorder(operator, place, now, terminal, decided_by)
    for _ in range(_TRIES):
        try:
            with without_data():
                async with city_transaction(connection, municipality_code, isolation="read_committed"):
                    return await _record(connection, municipality_code, kind, event, recorder)
        except TooManyWriters:
            # Leaving the savepoint gave the locks back; they are taken again in their order, with the new household.
            continue
    raise TooManyWriters


async def _record(
    connection: asyncpg.Connection, city: str, kind: EventKind, event: ResidentEvent, recorder: Recorder
) -> RecordedEvent:
    cancelled = None if event.reverses is None else await cancelled_event(connection, city, event.reverses, kind.code)
    persons = [entry.person_number for entry in event.entries] + list(event.changes) + list(cancelled or ())
    households = await lock_persons(connection, city, persons, _households_named(event, cancelled))
    rows = await current_rows(connection, city, persons, sorted(households))
    event, few = await _with_codes(connection, city, kind, event)
    after = rows_after(kind, event, rows, persons, cancelled)
    similar = await _require_own_numbers(connection, city, kind, event)
    before, members = members_of(rows, households), members_after(rows, after, households)
    require_household_numbers(rows, [made[-1] for made in after.values()])
    require_households(kind, event, before, members)
    alerts = (*household_alerts(kind, event, before, members), *similar, *few)
    event_id = await insert_event(connection, city, event, recorder, kind)
    sequences = await append_persons(connection, city, _history(rows, after, event_id, recorder))
    moved = await append_households(connection, city, event_id, members)
    follow_ups = _follow_ups(kind, persons, before, members)
    await tell(connection, city, event_id, sequences, moved, follow_ups)
    newest = {number: numbers[-1] for number, numbers in sequences.items()}
    based_on = {f"person/{number}": numbers[0] - 1 for number, numbers in sequences.items()}
    based_on |= {f"household/{number}": sequence - 1 for number, sequence in moved.items()}
    return RecordedEvent(event_id, newest, moved, alerts, follow_ups, based_on)


def _history(rows: Mapping[str, HistoryRow], after: RowsAfter, event_id: int, recorder: Recorder) -> list[HistoryRow]:
    year = jst_date(recorder.now).year
    return [
        HistoryRow(
            (rows[number].history_number if number in rows else 0) + place, event_id, record,
            0 if record.in_register else year,
        )
        for number, made in after.items()
        for place, record in enumerate(made, start=1)
    ]  # fmt: skip


def _households_named(event: ResidentEvent, cancelled: Cancelled | None) -> set[str]:
    named = {entry.household_number for entry in event.entries}
    named |= {str(changes["household_number"]) for changes in event.changes.values() if "household_number" in changes}
    return named | {before.household_number for before, _ in (cancelled or {}).values() if before is not None}


async def _with_codes(
    connection: asyncpg.Connection, city: str, kind: EventKind, event: ResidentEvent
) -> tuple[ResidentEvent, tuple[Alert, ...]]:
    """Give 住民票コード where the kind changes them, or where somebody enters without one; raises NoResidentCodeLeft."""
    changing = list(event.changes) if kind.code in _CODES_CHANGED else []
    entering = [
        entry
        for entry in event.entries
        if entry.resident_code == "" and FollowUp.RESIDENT_CODE_REQUEST in kind.follow_ups
    ]
    if not changing and not entering:
        return event, ()
    codes = iter(await draw_resident_codes(connection, city, len(changing) + len(entering)))
    changes = {number: {"resident_code": next(codes)} for number in changing} or event.changes
    entries = tuple(
        replace(entry, resident_code=next(codes)) if entry in entering else entry for entry in event.entries
    )
    left = await resident_codes_left(connection, city)
    return replace(event, changes=changes, entries=entries), (Alert.FEW_RESIDENT_CODES,) if left < FEW_CODES else ()


async def _require_own_numbers(
    connection: asyncpg.Connection, city: str, kind: EventKind, event: ResidentEvent
) -> tuple[Alert, ...]:
    """Refuse numbers of somebody else, living or removed.

    Raises NumberTaken for a My Number that a correction names; AlreadyResident or RemovedBefore for an entry under a new
    person number (再転入).
    """
    own = {entry.resident_code: entry.person_number for entry in event.entries}
    own_index = _index_owners(event)
    if not own and not own_index:
        return ()
    for row in await connection.fetch(_SQL["sharers"], city, list(own), list(own_index)):
        claims = {own.get(row["resident_code"]), own_index.get(row["my_number_index"])} - {None}
        if claims != {row["person_number"]}:
            if event.changes:
                raise NumberTaken
            raise AlreadyResident if row["in_register"] else RemovedBefore(row["person_number"])
    return await _look_for_similar(connection, city, kind, list(event.entries))


def _index_owners(event: ResidentEvent) -> dict[bytes, str]:
    """Whom the event gives which My Number, by every index that the register may have it under."""
    given: dict[str, object] = {entry.person_number: entry.my_number for entry in event.entries}
    given |= {person: changes.get("my_number") for person, changes in event.changes.items()}
    return {
        index: person
        for person, number in given.items()
        if isinstance(number, SealedMyNumber)
        for index in (number.index, *number.earlier_indexes)
    }


async def _look_for_similar(
    connection: asyncpg.Connection, city: str, kind: EventKind, entries: list[PersonRecord]
) -> tuple[Alert, ...]:
    if not kind.validations & {Validation.SIMILAR_PERSON, Validation.NOT_BORN_BEFORE}:
        return ()
    found = await connection.fetch(
        _SQL["similar"], city, [entry.name for entry in entries], [entry.birth.on for entry in entries],
        [entry.sex for entry in entries], [entry.person_number for entry in entries],
    )  # fmt: skip
    homes = {entry.household_number for entry in entries}
    if Validation.NOT_BORN_BEFORE in kind.validations and any(
        row["in_register"] and row["household_number"] in homes for row in found
    ):
        raise BornBefore
    return (Alert.SIMILAR_PERSON,) if found else ()


def _follow_ups(kind: EventKind, persons: list[str], before: Members, after: Members) -> tuple[tuple[str, str], ...]:
    """What follows for each person concerned, and for whoever is asked to become head of a household that lost its own."""
    ups = [(number, what.value) for number in persons for what in (*kind.follow_ups, *kind.notices)]
    for home, members in after.items():
        asked = head_to_be(members)
        if asked is not None and head_to_be(before.get(home, ())) is None and len(members) > 1:
            ups.append((asked, Notice.HEAD_CHANGE_REQUEST.value))
    return tuple(ups)
