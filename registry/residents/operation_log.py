"""操作記録 (PIA R-51): everything that was looked at, entered and taken out of the register, and who looked that through."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import asyncpg

from civil.calendar import jst_date, jst_midnight
from civil.errors import KioskError
from civil.sql import load
from civil.text import require_printable
from registry.residents.inquiry_log import Inquirer

_SQL: Final = load("registry.residents", "operation_log.sql")


class OwnOperations(KioskError):
    """その期間にはご自身の操作があります。操作記録は、その期間に操作していない人が確認してください。 /
    You worked with the register in that period yourself. Somebody who did not reviews it."""


class PeriodNotOver(KioskError):
    """終わっていない期間です。--until は今日までの日にしてください。 / The period is not over: --until is today at the latest."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that somebody did: who, when, where, what for, with how many persons, and whether a My Number was seen.

    `what` is `search`, `person`, `household`, `my_number`, `event`, `extract`, `inspection`, `paper`, `release` or `release_end`; `items`
    says by which items, which kind of event, under which provision, which paper, or until when in Japan.
    """

    at: datetime
    staff: str
    what: str
    items: tuple[str, ...]
    purpose: str
    terminal: str | None
    persons: int
    my_number_seen: bool
    refused: bool


@dataclass(frozen=True, slots=True)
class Review:
    """Who looked through which period (JST days, `until` not included), how many operations there were, and what they found."""

    reviewed_at: datetime
    staff: str
    since: date
    until: date
    operations: int
    finding: str


async def operations(
    connection: asyncpg.Connection, municipality_code: str, since: date, until: date
) -> tuple[Operation, ...]:
    """What was done from the beginning of one JST day to that of another, oldest first; takes a transaction whose city is set."""
    rows = await connection.fetch(_SQL["operations"], municipality_code, jst_midnight(since), jst_midnight(until))
    return tuple(Operation(**{**row, "items": tuple(row["items"])}) for row in rows)


async def record_review(
    connection: asyncpg.Connection, municipality_code: str, since: date, until: date, reviewer: Inquirer, now: datetime
) -> int:
    """Keep that a period was looked through; the reviewer's purpose is what they found. Returns how many operations there were.

    Raises OwnOperations, PeriodNotOver, UnacceptableText.
    """
    if until > jst_date(now):
        raise PeriodNotOver
    finding = require_printable("finding", reviewer.purpose, 400)
    done = await operations(connection, municipality_code, since, until)
    if any(one.staff == reviewer.staff for one in done):
        raise OwnOperations
    await connection.execute(
        _SQL["insert_review"], municipality_code, now, reviewer.staff, since, until, len(done), finding
    )
    return len(done)


async def reviews(connection: asyncpg.Connection, municipality_code: str) -> tuple[Review, ...]:
    """Every review, newest first."""
    return tuple(Review(**row) for row in await connection.fetch(_SQL["reviews"], municipality_code))
