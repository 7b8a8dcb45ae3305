"""Explains how F6 differs from the registry, person by person: in which items, why, and since which event."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import asyncpg

from civil.sql import load
from reconcile import Cause, cause_of
from reconcile.compare import Difference
from sync.reconciliation import ITEMS

_SQL: Final = load("sync", "reconciliation.sql")
_NAME: Final = ITEMS.index("name")
_SEQUENCES: Final = (ITEMS.index("person_sequence"), ITEMS.index("household_sequence"))

Items = Sequence[str | None]


@dataclass(frozen=True, slots=True)
class RecordDifference:
    """One person (宛名番号) about whom F6 and the registry differ. `items` are names, never values.

    `register_sequence` and `record_sequence` are the person's on each side, the register's last one for whom it removed.
    `since_kind` and `since_at` (UTC): the first event of the person that F6 does not show, where the sequences tell.
    """

    person_number: str
    difference: Difference
    cause: Cause
    items: tuple[str, ...]
    register_sequence: int | None
    record_sequence: int | None
    since_kind: str | None = None
    since_at: datetime | None = None


async def record_differences(
    connection: asyncpg.Connection, municipality_code: str, persons: Sequence[str]
) -> list[RecordDifference]:
    """Of these persons the ones that differ, in the order of their numbers; as `sync`, inside a transaction."""
    rows = await connection.fetch(_SQL["persons"], municipality_code, persons)
    found = [one for one in map(_difference, rows) if one is not None]
    return await _with_events(connection, municipality_code, found)


def _difference(row: asyncpg.Record) -> RecordDifference | None:
    source, derived = row["register_items"], row["record_items"]
    if source == derived:
        return None
    kind = _kind(source, derived)
    last = row["last_sequence"]
    cause = cause_of(
        kind, _sequences(source), _sequences(derived), is_set_aside=row["set_aside"] is not None, was_in_source=last is not None
    )  # fmt: skip
    return RecordDifference(
        row["person_number"], kind, cause, tuple(_differing(source, derived)), last, _person_sequence(derived)
    )


def _kind(source: Items | None, derived: Items | None) -> Difference:
    """A protection is no record: whoever is on one side for nothing else is missing there, or extra on the other."""
    if _has_record(source) and _has_record(derived):
        return Difference.DIFFERENT
    if _has_record(source) or _has_record(derived):
        return Difference.MISSING if _has_record(source) else Difference.EXTRA
    return Difference.EXTRA if source is None else Difference.MISSING


def _has_record(items: Items | None) -> bool:
    return items is not None and items[_NAME] is not None


def _differing(source: Items | None, derived: Items | None) -> Iterable[str]:
    """Of a record that one side lacks, none: it is all of them."""
    if _has_record(source) is not _has_record(derived):
        return ()
    nothing = (None,) * len(ITEMS)
    pairs = zip(ITEMS, source or nothing, derived or nothing, strict=True)
    return (name for name, here, there in pairs if here != there)


def _sequences(items: Items | None) -> tuple[int, ...]:
    return () if items is None else tuple(int(items[place] or 0) for place in _SEQUENCES)


def _person_sequence(items: Items | None) -> int | None:
    return int(items[_SEQUENCES[0]] or 0) or None if items is not None else None


async def _with_events(
    connection: asyncpg.Connection, city: str, found: Sequence[RecordDifference]
) -> list[RecordDifference]:
    asked = {one.person_number: (one.record_sequence or 0) + 1 for one in found}
    rows = await connection.fetch(_SQL["events"], city, list(asked), list(asked.values()))
    events = {row["person_number"]: (row["kind"], row["recorded_at"]) for row in rows}
    return [
        replace(one, since_kind=event[0], since_at=event[1])
        if (event := events.get(one.person_number)) and one.cause is not Cause.CHANGED_HERE
        else one
        for one in found
    ]
