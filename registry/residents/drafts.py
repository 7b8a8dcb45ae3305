"""仮登録 → 審査 → 決裁 → 本登録: an event is entered, reviewed, decided, and only then in the register.

Until the final entry nothing of it is in any history, outbox or view: other parts cannot see it, by grants too.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

import asyncpg

from civil.names import plain_name
from civil.sql import load
from registry.residents.checks import require_second_person
from registry.residents.database_refusals import without_data
from registry.residents.errors import (
    DraftNotReady,
    DraftOutdated,
    HouseholdMoved,
    ItemMissing,
    SecondPersonMissing,
    UnknownDraft,
)
from registry.residents.event import Alert, RecordedEvent, ResidentEvent
from registry.residents.event_json import event_from_json, event_to_json
from registry.residents.event_kinds import event_kind
from registry.residents.person_record import HistoryRow
from registry.residents.reading import city_transaction, current_rows, household_members, person_at
from registry.residents.recording import record_event

_SQL: Final = load("registry.residents", "queries.sql")
_TO_BE_DECIDED: Final = "決裁待ち"
_MOVED: Final = "確認の後に対象者または世帯の記録が変わったため"


class DraftState(StrEnum):
    """Where a draft is. The last three are its ends."""

    ENTERED = "entered"
    REVIEWED = "reviewed"
    DECIDED = "decided"
    RECORDED = "recorded"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it stands. `based_on` are the sequences it was entered on; `event_id` is there once it is recorded."""

    draft_id: int
    event: ResidentEvent
    based_on: Mapping[str, int]
    entered_by: str
    place: str
    terminal: str | None
    state: DraftState
    step: int
    decided_by: str | None
    event_id: int | None


@dataclass(frozen=True, slots=True)
class EnteredDraft:
    """What entering gave: its number, what staff are told already, and the sequences the final entry will find unmoved."""

    draft_id: int
    alerts: tuple[Alert, ...]
    based_on: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A draft that waits, without its content."""

    draft_id: int
    kind: str
    state: DraftState
    entered_by: str
    entered_at: datetime


@dataclass(frozen=True, slots=True)
class Previewed:
    """What an event would do: by person number the newest row before, None for who is new, and the rows it would make.

    `households` are the households touched, each with its members before and after, in their order.
    """

    persons: Mapping[str, tuple[HistoryRow | None, tuple[HistoryRow, ...]]]
    households: Mapping[str, tuple[tuple[HistoryRow, ...], tuple[HistoryRow, ...]]]
    alerts: tuple[Alert, ...]
    follow_ups: tuple[tuple[str, str], ...]
    based_on: Mapping[str, int]


async def preview_event(
    connection: asyncpg.Connection,
    municipality_code: str,
    event: ResidentEvent,
    *,
    operator: str,
    place: str,
    now: datetime,
) -> Previewed:
    """Try an event and take it back: what it would change, and what staff would be told. Nothing is kept.

    Takes a connection of role `registry` outside any transaction. Raises a RegisterRefusal as recording it would.
    """
    with without_data():
        async with city_transaction(connection, municipality_code, isolation="read_committed"):
            savepoint = connection.transaction()
            await savepoint.start()
            try:
                tried = await record_event(
                    connection,
                    municipality_code,
                    event,
                    operator=operator,
                    place=place,
                    now=now,
                    decided_by=_TO_BE_DECIDED,
                )
                made = {number: await _made(connection, municipality_code, number, tried) for number in tried.persons}
                after = await _homes(connection, municipality_code, tried)
            finally:
                await savepoint.rollback()
            before = await current_rows(connection, municipality_code, list(tried.persons))
            homes = await _homes(connection, municipality_code, tried)
    return Previewed(
        {number: (before.get(number), rows) for number, rows in made.items()},
        {number: (homes[number], after[number]) for number in tried.households},
        tried.alerts, tried.follow_ups, tried.based_on,
    )  # fmt: skip


async def _made(connection: asyncpg.Connection, city: str, number: str, tried: RecordedEvent) -> tuple[HistoryRow, ...]:
    first = tried.based_on[f"person/{number}"] + 1
    return tuple([await person_at(connection, city, number, row) for row in range(first, tried.persons[number] + 1)])


async def _homes(connection: asyncpg.Connection, city: str, tried: RecordedEvent) -> dict[str, tuple[HistoryRow, ...]]:
    return {number: await household_members(connection, city, number) for number in tried.households}


async def enter_draft(
    connection: asyncpg.Connection,
    municipality_code: str,
    event: ResidentEvent,
    *,
    operator: str,
    place: str,
    now: datetime,
    terminal: str | None = None,
) -> EnteredDraft:
    """Enter an event provisionally, after a trial that shows every refusal and alert it would meet now.

    Raises a RegisterRefusal, and nothing is kept.
    """
    with without_data():
        async with city_transaction(connection, municipality_code, isolation="read_committed"):
            tried = await _tried(connection, municipality_code, event, operator, place, now)
            draft_id = await connection.fetchval(
                _SQL["insert_draft"], municipality_code, event.kind, event_to_json(event), json.dumps(dict(tried.based_on)),
                operator, now, place, terminal,
            )  # fmt: skip
    return EnteredDraft(draft_id, tried.alerts, tried.based_on)


async def _tried(
    connection: asyncpg.Connection, city: str, event: ResidentEvent, operator: str, place: str, now: datetime
) -> RecordedEvent:
    """Record the event and take it back: its number is lost, and nothing else stays."""
    savepoint = connection.transaction()
    await savepoint.start()
    try:
        return await record_event(
            connection, city, event, operator=operator, place=place, now=now, decided_by=_TO_BE_DECIDED
        )
    finally:
        await savepoint.rollback()


async def review_draft(
    connection: asyncpg.Connection, municipality_code: str, draft_id: int, *, by: str, now: datetime
) -> None:
    """審査: raises DraftNotReady, and SecondPersonMissing where the kind asks for another than who entered it."""
    await _step(connection, municipality_code, draft_id, DraftState.ENTERED, DraftState.REVIEWED, by, now)


async def decide_draft(
    connection: asyncpg.Connection, municipality_code: str, draft_id: int, *, by: str, now: datetime
) -> None:
    """決裁: raises DraftNotReady, and SecondPersonMissing where the kind asks for another than who entered it."""
    await _step(connection, municipality_code, draft_id, DraftState.REVIEWED, DraftState.DECIDED, by, now)


async def _step(
    connection: asyncpg.Connection,
    city: str,
    draft_id: int,
    needs: DraftState,
    becomes: DraftState,
    by: str,
    now: datetime,
) -> None:
    with without_data():
        async with city_transaction(connection, city, isolation="read_committed"):
            found = await draft(connection, city, draft_id)
            if found.state is not needs:
                raise DraftNotReady
            if not plain_name(by):
                raise SecondPersonMissing
            require_second_person(event_kind(found.event.kind), found.entered_by, by)
            await _insert_step(connection, city, found, becomes, by, now)


async def end_draft(
    connection: asyncpg.Connection,
    municipality_code: str,
    draft_id: int,
    *,
    returned: bool,
    reason: str,
    by: str,
    now: datetime,
) -> None:
    """Return a draft to whoever entered it (差戻し), or withdraw it (取下げ). It stays to be read; nothing comes of it."""
    if not reason.strip():
        raise ItemMissing("reason", "理由")
    with without_data():
        async with city_transaction(connection, municipality_code, isolation="read_committed"):
            found = await draft(connection, municipality_code, draft_id)
            if found.state not in {DraftState.ENTERED, DraftState.REVIEWED, DraftState.DECIDED}:
                raise DraftNotReady
            ends = DraftState.RETURNED if returned else DraftState.WITHDRAWN
            await _insert_step(connection, municipality_code, found, ends, by, now, reason=reason)


async def record_draft(
    connection: asyncpg.Connection, municipality_code: str, draft_id: int, *, by: str, now: datetime
) -> RecordedEvent:
    """本登録: the decided draft becomes an event, in one transaction with the end of the draft.

    Raises DraftNotReady, DraftOutdated where the person or household moved since it was entered, and whatever the event
    itself meets today; then the draft stays as it was and nothing is in the register.
    """
    with without_data():
        async with city_transaction(connection, municipality_code, isolation="read_committed"):
            found = await draft(connection, municipality_code, draft_id)
            if found.state is not DraftState.DECIDED:
                raise DraftNotReady
            recorded = await record_event(
                connection, municipality_code, found.event, operator=found.entered_by, place=found.place, now=now,
                terminal=found.terminal, decided_by=found.decided_by,
            )  # fmt: skip
            if recorded.based_on != found.based_on:
                raise DraftOutdated
            await _insert_step(
                connection, municipality_code, found, DraftState.RECORDED, by, now, event_id=recorded.event_id
            )
    return recorded


async def _insert_step(
    connection: asyncpg.Connection,
    city: str,
    found: Draft,
    state: DraftState,
    by: str,
    now: datetime,
    *,
    reason: str | None = None,
    event_id: int | None = None,
) -> None:
    await connection.execute(
        _SQL["insert_draft_step"], city, found.draft_id, found.step + 1, state, by, now, reason, event_id
    )


async def draft(connection: asyncpg.Connection, municipality_code: str, draft_id: int) -> Draft:
    """Read one draft; takes a connection of a transaction whose city is set. Raises UnknownDraft."""
    row = await connection.fetchrow(_SQL["draft"], municipality_code, draft_id)
    if row is None:
        raise UnknownDraft
    return Draft(
        row["draft_id"], event_from_json(row["content"]), json.loads(row["based_on"]), row["entered_by"], row["place"],
        row["terminal"], DraftState(row["state"]), row["step"], row["decided_by"], row["event_id"],
    )  # fmt: skip


async def open_drafts(connection: asyncpg.Connection, municipality_code: str) -> tuple[OpenDraft, ...]:
    """What waits for somebody, oldest first; takes a connection of a transaction whose city is set."""
    rows = await connection.fetch(_SQL["open_drafts"], municipality_code)
    return tuple(
        OpenDraft(row["draft_id"], row["kind"], DraftState(row["state"]), row["entered_by"], row["entered_at"])
        for row in rows
    )


async def drafts_about(
    connection: asyncpg.Connection, municipality_code: str, based_on: Mapping[str, int]
) -> tuple[OpenDraft, ...]:
    """The drafts that wait and concern one of these persons or households; takes a connection of a transaction whose city is set.

    `based_on` has the keys that a preview or an entered draft says.
    """
    waiting = {one.draft_id: one for one in await open_drafts(connection, municipality_code)}
    rows = await connection.fetch(_SQL["drafts_about"], municipality_code, list(waiting), list(based_on))
    return tuple(waiting[row["draft_id"]] for row in rows)


async def withdraw_unless(
    connection: asyncpg.Connection,
    municipality_code: str,
    entered: EnteredDraft,
    shown: Mapping[str, int],
    *,
    by: str,
    now: datetime,
) -> None:
    """Withdraw a draft that was entered on other rows than its clerk was shown. Raises HouseholdMoved."""
    if dict(entered.based_on) == dict(shown):
        return
    await end_draft(
        connection, municipality_code, entered.draft_id, returned=False, reason=_MOVED, by=by, now=now
    )  # fmt: skip
    raise HouseholdMoved
