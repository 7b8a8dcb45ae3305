"""Finding requests in the history, and everything that is known of one: for staff."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import asyncpg

from civil.sql import load

_SQL: Final = load("issuance_db", "history_search.sql")
Row = Mapping[str, Any]
Whose = Literal["anybody", "of_number", "of_person", "of_household"]


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is looked for; None is not asked. Instants are UTC, ``until`` is the first one no longer wanted.

    ``number`` is an issuance number, a 宛名番号 or a 世帯番号, as ``whose`` says. ``outcome`` is one of the protocol, or
    ``unknown`` where nothing was reported.
    """

    whose: Whose = "anybody"
    number: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    kind: str | None = None
    state: str | None = None
    result_code: str | None = None
    terminal_operator: str | None = None
    terminal_store: str | None = None
    terminal_id: str | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """The last line of a page; the next page begins behind it."""

    accepted_at: datetime
    request_id: str


async def find_requests(
    connection: asyncpg.Connection, municipality_code: str, criteria: Criteria, after: Place | None, limit: int
) -> Sequence[Row]:
    """At most ``limit`` requests, newest first, behind ``after``."""
    behind = (None, None) if after is None else (after.accepted_at, after.request_id)
    await _plan_anew(connection)
    found = await connection.fetch(_asking("found", criteria), municipality_code, *_questions(criteria), *behind, limit)
    return [dict(row.items()) for row in found]


async def count_requests(connection: asyncpg.Connection, municipality_code: str, criteria: Criteria, limit: int) -> int:
    """How many there are, or ``limit`` where there are at least so many."""
    await _plan_anew(connection)
    count: int = await connection.fetchval(
        _asking("counted", criteria), municipality_code, *_questions(criteria), limit
    )
    return count


async def _plan_anew(connection: asyncpg.Connection) -> None:
    # Each question has other columns: a plan for all of them would read the whole table for the rarest.
    await connection.execute("SET LOCAL plan_cache_mode = force_custom_plan")


def _asking(name: str, criteria: Criteria) -> str:
    return _SQL[name].format(requests=_SQL[criteria.whose], asked=_SQL["asked"])


def _questions(criteria: Criteria) -> tuple[object, ...]:
    return (
        criteria.number, criteria.since, criteria.until, criteria.kind, criteria.state, criteria.result_code,
        criteria.terminal_operator, criteria.terminal_store, criteria.terminal_id, criteria.outcome,
    )  # fmt: skip


async def holders_of(connection: asyncpg.Connection, municipality_code: str, serial: str) -> Sequence[str]:
    """宛名番号 of whoever a user certificate of this serial was given to."""
    return [row["person_number"] for row in await connection.fetch(_SQL["holder"], municipality_code, serial)]


async def members_of(connection: asyncpg.Connection, municipality_code: str, household_number: str) -> Sequence[str]:
    """宛名番号 of everyone whom the history shows as a member of a household."""
    return [
        row["person_number"] for row in await connection.fetch(_SQL["members"], municipality_code, household_number)
    ]


@dataclass(frozen=True, slots=True)
class Account:
    """All that the books say of one request. ``shown``, ``shown_by_koseki`` (who is not in the register) and ``reasons`` name persons.

    ``stated``: lines of the centre's statements; ``not_stated``: days whose statement was looked through for it in vain.
    """

    request: Row
    steps: Sequence[Row]
    reasons: Sequence[Row]
    shown: Sequence[Row]
    shown_by_koseki: Sequence[Row]
    sources: Sequence[Row]
    stated: Sequence[Row]
    not_stated: Sequence[Row]


async def account_of(
    connection: asyncpg.Connection, municipality_code: str, caller_id: str, request_id: str
) -> Account | None:
    """What happened to a request, or None."""
    key = municipality_code, caller_id, request_id
    request = await connection.fetchrow(_SQL["request"], *key)
    if request is None:
        return None
    number = request["issuance_number"]
    return Account(
        dict(request.items()),
        await _rows(connection, "steps", *key),
        await _rows(connection, "reasons", *key),
        await _rows(connection, "shown", municipality_code, number),
        await _rows(connection, "shown_by_koseki", municipality_code, number),
        await _rows(connection, "sources", municipality_code, number),
        await _rows(connection, "stated", municipality_code, number),
        await _rows(connection, "not_stated", municipality_code, number),
    )


async def served_then(
    connection: asyncpg.Connection, municipality_code: str, instant: datetime, around: timedelta, limit: int
) -> Sequence[Row]:
    """Requests accepted within ``around`` of an instant (UTC), in their order."""
    return await _rows(connection, "then", municipality_code, instant - around, instant + around, limit)


async def sheets_of(connection: asyncpg.Connection, municipality_code: str, numbers: Sequence[str]) -> Sequence[Row]:
    """What these issuance numbers stand for; a number that was never issued is not among them."""
    return await _rows(connection, "sheet", municipality_code, list(numbers))


async def _rows(connection: asyncpg.Connection, name: str, *arguments: object) -> Sequence[Row]:
    return [dict(row.items()) for row in await connection.fetch(_SQL[name], *arguments)]
