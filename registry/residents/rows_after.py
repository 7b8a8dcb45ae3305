"""The rows that an event makes, from the rows before it. Pure: what must be read has been read."""

from collections.abc import Mapping
from dataclasses import replace

from registry.residents.cancelling import Cancelled, restored
from registry.residents.checks import (
    require_after_existence,
    require_entry,
    require_legal_items,
    require_standing,
)
from registry.residents.effects import closed, still_protected
from registry.residents.event import ResidentEvent
from registry.residents.measures import require_extendable
from registry.residents.person_record import HistoryRow, PersonRecord, with_items
from registry.residents.relationship import HEAD
from registry.residents.rules import EventClass, EventKind, Validation
from registry.residents.text_rules import require_texts

RowsAfter = Mapping[str, tuple[PersonRecord, ...]]
"""By person number the rows to append, in their order: one, or two where the old 票 is closed and a new one made."""


def rows_after(
    kind: EventKind,
    event: ResidentEvent,
    rows: Mapping[str, HistoryRow],
    persons: list[str],
    cancelled: Cancelled | None,
) -> dict[str, tuple[PersonRecord, ...]]:
    """Return what is to be appended for each of `persons`; `rows` are the current ones of them and of their households.

    Raises the refusal of whatever the kind does not allow.
    """
    given = {entry.person_number: entry for entry in event.entries}
    after: dict[str, tuple[PersonRecord, ...]] = {}
    for number in persons:
        record = rows[number].record if number in rows else None
        require_standing(kind, record)
        entry = given.get(number)
        if entry is not None:
            after[number] = (_entered(kind, event, record, _with_koseki(kind, entry, rows)),)
        else:
            assert record is not None  # noqa: S101 - require_standing refuses an absent person in every kind but the entries
            after[number] = _changed(kind, event, record, cancelled)
        require_texts(after[number][-1])
    return after


def members_of(rows: Mapping[str, HistoryRow], households: set[str]) -> dict[str, tuple[PersonRecord, ...]]:
    """Who is in each of these households, by the rows read."""
    records = [row.record for row in rows.values() if row.record.in_register]
    return {home: tuple(r for r in records if r.household_number == home) for home in sorted(households)}


def members_after(
    rows: Mapping[str, HistoryRow], after: RowsAfter, households: set[str]
) -> dict[str, tuple[PersonRecord, ...]]:
    """Who is in each household that the event touched, once it is recorded."""
    last = {number: made[-1] for number, made in after.items()}
    now = {number: row.record for number, row in rows.items()} | last
    touched = {rows[number].record.household_number for number in after if number in rows}
    touched |= {record.household_number for record in last.values()}
    return {
        home: tuple(r for r in now.values() if r.household_number == home and r.in_register)
        for home in sorted(touched & households)
    }


def _entered(kind: EventKind, event: ResidentEvent, record: PersonRecord | None, given: PersonRecord) -> PersonRecord:
    entered = kind.effect(given if record is None else still_protected(given, record), event)
    if record is not None:
        entered = with_items(entered, {"re_entry": "再転入"})
    require_entry(kind, event, entered, is_new=record is None)
    return entered


def _with_koseki(kind: EventKind, entry: PersonRecord, rows: Mapping[str, HistoryRow]) -> PersonRecord:
    """A newborn's 戸籍 is that of the household, where the form says nothing of it (標準仕様書 出生)."""
    if kind.code != "BI" or entry.nationality is not None or entry.domicile is not None:
        return entry
    members = [row.record for row in rows.values() if row.record.household_number == entry.household_number]
    shown = [member for member in members if member.domicile is not None]
    if not shown:
        return entry
    source = next((member for member in shown if member.relationship == HEAD), shown[0])
    return replace(entry, domicile=source.domicile, first_registrant=entry.first_registrant or source.first_registrant)


def _changed(
    kind: EventKind, event: ResidentEvent, record: PersonRecord, cancelled: Cancelled | None
) -> tuple[PersonRecord, ...]:
    if cancelled is not None:
        return (restored(record, *cancelled[record.person_number], event),)
    if record.in_register:
        require_after_existence(kind, event, record)
    if Validation.LAST_MONTH in kind.validations:
        require_extendable(event, record)
    made = kind.effect(record, event)
    if made.in_register and kind.event_class is EventClass.CORRECTION:
        require_legal_items(made)
    return (made,) if kind.closes is None else (closed(record, event, kind.closes), made)
