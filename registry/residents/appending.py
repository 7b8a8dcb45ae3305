"""Appending what an event made: the event, rows of persons and households with their pointers, and what the outbox tells."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import asyncpg

from civil.sql import load
from registry.residents.event import ResidentEvent
from registry.residents.person_record import HistoryRow, PersonRecord
from registry.residents.relationship import HEAD
from registry.residents.rows import history_values
from registry.residents.rules import EventKind

_SQL: Final = load("registry.residents", "queries.sql")
_INQUIRY: Final = load("registry.residents", "inquiry.sql")

_ANY_DAY: Final = (date.min, date.max)
"""Infinite in both directions, as the driver writes these two."""


@dataclass(frozen=True, slots=True)
class Recorder:
    """Who records, where and when: `now` is an aware instant, and its JST date is 処理日, which nobody types.

    `decided_by` is who decided (決裁), where the kind asks for two persons.
    """

    operator: str
    place: str
    now: datetime
    terminal: str | None = None
    decided_by: str | None = None


async def insert_event(
    connection: asyncpg.Connection, city: str, event: ResidentEvent, recorder: Recorder, kind: EventKind
) -> int:
    """Append the event itself and return its number."""
    check = event.identity_check
    event_id: int = await connection.fetchval(
        _SQL["insert_event"], city, event.kind, event.occurred.on, event.occurred.text, event.notified_on,
        recorder.now, recorder.operator, recorder.place,
        None if check is None else check.document, None if check is None else check.checked_by, event.reverses,
        None if kind.told is None else kind.told.value, event.note, recorder.terminal, recorder.decided_by,
    )  # fmt: skip
    return event_id


async def append_persons(connection: asyncpg.Connection, city: str, rows: Sequence[HistoryRow]) -> dict[str, list[int]]:
    """Append the rows, move the pointers, and return the history numbers written, by person."""
    written: dict[str, list[int]] = {}
    for row in rows:
        await connection.execute(_SQL["append_person"], *history_values(city, row))
        written.setdefault(row.record.person_number, []).append(row.history_number)
    await note_uncertain_births(connection, city, rows)
    return written


async def note_uncertain_births(connection: asyncpg.Connection, city: str, rows: Iterable[HistoryRow]) -> None:
    """Write which days the birth dates can mean that are not one day (不詳日), for the search."""
    uncertain = [row for row in rows if not row.record.birth.is_exact]
    if uncertain:
        spans = [row.record.birth.possible_days() or _ANY_DAY for row in uncertain]
        await connection.execute(
            _INQUIRY["insert_uncertain_births"], city, [row.record.person_number for row in uncertain],
            [row.history_number for row in uncertain], [first for first, _ in spans], [last for _, last in spans],
        )  # fmt: skip


async def append_households(
    connection: asyncpg.Connection, city: str, event_id: int, members: Mapping[str, tuple[PersonRecord, ...]]
) -> dict[str, int]:
    """Append a row for each household touched, move its pointer, and return the new sequences."""
    heads = [_head(members[household]) for household in members]
    moved = await connection.fetch(_SQL["move_households"], city, event_id, list(members), heads)
    return {row["household_number"]: row["sequence"] for row in moved}


def _head(members: tuple[PersonRecord, ...]) -> str | None:
    return next((member.person_number for member in members if member.relationship == HEAD), None)


async def tell(
    connection: asyncpg.Connection,
    city: str,
    event_id: int,
    persons: Mapping[str, Sequence[int]],
    households: Mapping[str, int],
    follow_ups: Sequence[tuple[str, str]],
) -> None:
    """Tell the consumers, in the transaction of the event, of every row; and write down what follows elsewhere."""
    told = [("person", number, sequence) for number, written in persons.items() for sequence in written]
    told += [("household", number, sequence) for number, sequence in households.items()]
    await connection.execute(
        _SQL["insert_outbox"], city, event_id,
        [subject for subject, _, _ in told], [number for _, number, _ in told], [sequence for _, _, sequence in told],
    )  # fmt: skip
    if follow_ups:
        await connection.execute(
            _SQL["insert_follow_ups"], city, event_id,
            [number for number, _ in follow_ups], [what for _, what in follow_ups],
        )  # fmt: skip
