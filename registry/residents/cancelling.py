"""Cancelling an event (異動の取消し): rows are added in which its items are as before it. Nothing is deleted."""

from collections.abc import Mapping
from typing import Final

import asyncpg

from civil.sql import load
from registry.residents.errors import LaterEventStands, UnknownEvent, WrongState
from registry.residents.event_kinds import EVENT_KINDS, REVERSIBLE
from registry.residents.person_record import ITEMS, PersonRecord, item_of, with_items
from registry.residents.reading import person_at

_SQL: Final = load("registry.residents", "queries.sql")

Cancelled = Mapping[str, tuple[PersonRecord, PersonRecord]]
"""By person number: the row before the cancelled event, and the row that it made."""


async def cancelled_event(connection: asyncpg.Connection, municipality_code: str, event_id: int) -> Cancelled:
    """Read what an event changed; raises UnknownEvent, and WrongState for a kind that cannot be cancelled."""
    kind = await connection.fetchval(_SQL["event_kind_of"], municipality_code, event_id)
    if kind is None:
        raise UnknownEvent
    if kind not in REVERSIBLE:
        raise WrongState(EVENT_KINDS["UN+"].name, EVENT_KINDS["UN+"].english)
    changed = {}
    for row in await connection.fetch(_SQL["rows_of_event"], municipality_code, event_id):
        number, sequence = row["person_number"], row["history_number"]
        after = await person_at(connection, municipality_code, number, sequence)
        before = await person_at(connection, municipality_code, number, sequence - 1)
        changed[number] = (before.record, after.record)
    return changed


def restored(current: PersonRecord, before: PersonRecord, after: PersonRecord) -> PersonRecord:
    """Return the current row with the items of the cancelled event as they were before it.

    Items that other events changed since stay: a cancelled move must not lift a protective measure. Raises
    LaterEventStands where a later event changed one of the items themselves.
    """
    back: dict[str, object] = {}
    for item in ITEMS:
        old, made = item_of(before, item), item_of(after, item)
        if old != made:
            if item_of(current, item) != made:
                raise LaterEventStands
            back[item] = old
    return with_items(current, back)
