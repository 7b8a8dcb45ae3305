"""Cancelling an event (異動の取消し): rows are added in which its items are as before it. Nothing is deleted."""

from collections.abc import Mapping
from typing import Final

import asyncpg

from civil.sql import load
from registry.residents.effects import entry_undone
from registry.residents.errors import CancelledBefore, LaterEventStands, NotReversible, UnknownEvent
from registry.residents.event import ResidentEvent
from registry.residents.event_kinds import EVENT_KINDS
from registry.residents.items_by_topic import PROTECTION
from registry.residents.person_record import ITEMS, PersonRecord, item_of, with_items
from registry.residents.reading import person_at
from registry.residents.ways_out import instead_of_cancelling

_SQL: Final = load("registry.residents", "queries.sql")
_PROTECTED: Final = PROTECTION | {"suppressed"}

Cancelled = Mapping[str, tuple[PersonRecord | None, PersonRecord]]
"""By person number: the row before the cancelled event, or None where it entered the person, and the row that it made."""


async def cancelled_event(
    connection: asyncpg.Connection, municipality_code: str, event_id: int, cancelling: str
) -> Cancelled:
    """Read what an event changed; `cancelling` is the kind that cancels it.

    Raises UnknownEvent, CancelledBefore, and NotReversible for an event that this kind does not cancel.
    """
    found = await connection.fetchrow(_SQL["event_to_cancel"], municipality_code, event_id)
    if found is None:
        raise UnknownEvent
    if found["is_cancelled"]:
        raise CancelledBefore
    kind = EVENT_KINDS[found["kind"]]
    if kind.reversed_by != cancelling:
        raise NotReversible(kind.name, kind.english, kind.reversed_by, instead_of_cancelling(kind))
    written: dict[str, list[int]] = {}
    for row in await connection.fetch(_SQL["rows_of_event"], municipality_code, event_id):
        written.setdefault(row["person_number"], []).append(row["history_number"])
    return {number: await _changed(connection, municipality_code, number, rows) for number, rows in written.items()}


async def _changed(
    connection: asyncpg.Connection, city: str, number: str, written: list[int]
) -> tuple[PersonRecord | None, PersonRecord]:
    after = await person_at(connection, city, number, written[-1])
    if written[0] == 1:
        return None, after.record
    return (await person_at(connection, city, number, written[0] - 1)).record, after.record


def restored(
    current: PersonRecord, before: PersonRecord | None, after: PersonRecord, event: ResidentEvent
) -> PersonRecord:
    """Return the current row with the items of the cancelled event as they were before it.

    Items that other events changed since stay: a cancelled move must not lift a protective measure. Raises
    LaterEventStands where a later event changed one of the items themselves.
    """
    if before is None:
        if any(item_of(current, item) != item_of(after, item) for item in ITEMS if item not in _PROTECTED):
            raise LaterEventStands
        return entry_undone(current, event)
    back: dict[str, object] = {}
    for item in ITEMS:
        old, made = item_of(before, item), item_of(after, item)
        if old != made:
            if item_of(current, item) != made:
                raise LaterEventStands
            back[item] = old
    return with_items(current, back)
