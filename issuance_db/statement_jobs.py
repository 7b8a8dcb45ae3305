"""Files of centres that are being taken in, and what became of those before."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal

import asyncpg

from civil.errors import KioskError
from civil.sql import load

_SQL: Final = load("issuance_db", "statement_jobs.sql")
Ending = Literal["taken", "known", "refused", "broken"]


class JobGivenUp(KioskError):
    """この取込みは途中で止まったとみなされました。何も取り込んでいません。ファイルをもう一度送ってください。 /
    This file was given up on the way, and nothing of it was taken in. Send it again."""


@dataclass(frozen=True, slots=True)
class StatementJob:
    """One file. ``done`` of ``total`` are lines while it is read, days while they are matched; instants in UTC."""

    job_id: int
    caller_id: str
    period: Literal["day", "month"]
    first_on: date
    file_bytes: int
    file_sha256: bytes = field(repr=False)
    asked_by: str
    step: str
    done: int
    total: int | None
    told: str | None
    started_at: datetime
    seen_at: datetime
    ended_at: datetime | None


async def begin_job(
    connection: asyncpg.Connection,
    municipality_code: str,
    caller_id: str,
    period: tuple[str, date],
    file: tuple[int, bytes],
    asked_by: str,
) -> int:
    """Write down that a file (bytes, SHA-256) of a period (its length, its first JST day) is about to be read; returns its number."""
    number: int = await connection.fetchval(_SQL["begin"], municipality_code, caller_id, *period, *file, asked_by)
    return number


async def tell_job(
    connection: asyncpg.Connection, municipality_code: str, job_id: int, step: str, done: int, total: int | None
) -> None:
    """How far it is. Raises JobGivenUp."""
    if await connection.fetchval(_SQL["tell"], municipality_code, job_id, step, done, total) is None:
        raise JobGivenUp


async def end_job(
    connection: asyncpg.Connection, municipality_code: str, job_id: int, step: Ending, told: str | None = None
) -> None:
    """What became of it, in the transaction that takes it in. Raises JobGivenUp, which takes that transaction back."""
    if await connection.fetchval(_SQL["end"], municipality_code, job_id, step, told) is None:
        raise JobGivenUp


async def find_job(connection: asyncpg.Connection, municipality_code: str, job_id: int) -> StatementJob | None:
    """One, after those whose process is gone were given up."""
    await connection.execute(_SQL["give_up"], municipality_code)
    row = await connection.fetchrow(_SQL["one"], municipality_code, job_id)
    return None if row is None else StatementJob(**dict(row.items()))


async def newest_jobs(
    connection: asyncpg.Connection, municipality_code: str, caller_id: str, most: int
) -> Sequence[StatementJob]:
    """The newest of a centre, as `find_job` finds them."""
    await connection.execute(_SQL["give_up"], municipality_code)
    rows = await connection.fetch(_SQL["newest"], municipality_code, caller_id, most)
    return [StatementJob(**dict(row.items())) for row in rows]
