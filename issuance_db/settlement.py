"""The centre's daily statements and what matching found of them. Rows are added, never changed; written as `staff`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import asyncpg

from civil.sql import load

_SQL: Final = load("issuance_db", "settlement.sql")


@dataclass(frozen=True, slots=True)
class StatementKey:
    """Whose statement of which JST day, in which edition (版)."""

    municipality_code: str
    caller_id: str
    statement_on: date
    edition: int


@dataclass(frozen=True, slots=True)
class StoredStatement:
    """An edition that was taken in. `closed_at` (UTC): up to when the centre says it is complete."""

    edition: int
    closed_at: datetime
    lines: int
    sha256: bytes


@dataclass(frozen=True, slots=True)
class StoredLine:
    """One line of a statement; `occurred_at` is UTC."""

    line: int
    issuance_number: str
    kind: str
    terminal_operator: str
    terminal_store: str
    terminal_id: str
    occurred_at: datetime
    outcome: str
    fee_yen: int


async def centres(connection: asyncpg.Connection, municipality_code: str) -> tuple[str, ...]:
    """The caller ids of the city's centres."""
    return tuple(row["caller_id"] for row in await connection.fetch(_SQL["only_centre"], municipality_code))


async def wait_for_turn(connection: asyncpg.Connection, municipality_code: str, caller_id: str) -> None:
    """Be the only one who works on this caller's statements until the transaction ends."""
    await connection.execute(_SQL["wait_for_turn"], municipality_code, caller_id)


async def newest_statement(
    connection: asyncpg.Connection, municipality_code: str, caller_id: str, statement_on: date
) -> StoredStatement | None:
    """The edition that counts, or None when none was taken in."""
    row = await connection.fetchrow(_SQL["newest"], municipality_code, caller_id, statement_on)
    return None if row is None else StoredStatement(**dict(row.items()))


async def add_statement(
    connection: asyncpg.Connection,
    key: StatementKey,
    closed_at: datetime,
    lines: Sequence[StoredLine],
    sha256: bytes,
    now: datetime,
) -> None:
    """Store one edition with all its lines."""
    columns = (key.municipality_code, key.caller_id, key.statement_on, key.edition)
    await connection.execute(_SQL["add_statement"], *columns, closed_at, len(lines), sha256, now)
    names = StoredLine.__dataclass_fields__
    await connection.executemany(
        _SQL["add_line"], [(*columns, *(getattr(line, name) for name in names)) for line in lines]
    )


async def lines_of(connection: asyncpg.Connection, key: StatementKey) -> tuple[StoredLine, ...]:
    """The lines of an edition, as they stand in the file."""
    rows = await connection.fetch(_SQL["lines"], key.municipality_code, key.caller_id, key.statement_on, key.edition)
    return tuple(StoredLine(**dict(row.items())) for row in rows)


async def closed_before(
    connection: asyncpg.Connection, municipality_code: str, caller_id: str, statement_on: date
) -> datetime | None:
    """Up to which instant (UTC) the statements before this day are complete; None when there are none."""
    closed_at: datetime | None = await connection.fetchval(
        _SQL["closed_before"], municipality_code, caller_id, statement_on
    )
    return closed_at


async def answered(
    connection: asyncpg.Connection, municipality_code: str, caller_id: str, numbers: Iterable[str]
) -> Sequence[asyncpg.Record]:
    """Our answers to this caller under these numbers, with what is known of their outcome and from whom."""
    return await connection.fetch(_SQL["answered"], municipality_code, caller_id, list(numbers))


async def answered_between(
    connection: asyncpg.Connection, municipality_code: str, caller_id: str, since: datetime, until: datetime
) -> frozenset[str]:
    """The numbers of our answers to this caller recorded from `since` to before `until` (UTC)."""
    rows = await connection.fetch(_SQL["due"], municipality_code, caller_id, since, until)
    return frozenset(row["issuance_number"] for row in rows)


async def unsent(
    connection: asyncpg.Connection, municipality_code: str, caller_id: str, numbers: Iterable[str]
) -> frozenset[str]:
    """Which of these numbers belong to attempts for this caller that never became an answer."""
    rows = await connection.fetch(_SQL["unsent"], municipality_code, caller_id, list(numbers))
    return frozenset(row["issuance_number"] for row in rows)


async def stated_elsewhere(connection: asyncpg.Connection, key: StatementKey, numbers: Iterable[str]) -> frozenset[str]:
    """Which of these numbers the statements of other days name."""
    rows = await connection.fetch(
        _SQL["stated_elsewhere"], key.municipality_code, key.caller_id, key.statement_on, list(numbers)
    )
    return frozenset(row["issuance_number"] for row in rows)


async def settle_outcome(connection: asyncpg.Connection, key: StatementKey, line: int) -> bool:
    """Take the outcome of an answer from its only line; False if one was known by then."""
    return bool(await connection.fetchval(_SQL["settle_outcome"], key.caller_id, key.statement_on, line))


async def add_finding(
    connection: asyncpg.Connection, key: StatementKey, issuance_number: str, finding: str, now: datetime
) -> bool:
    """Store a finding once; True if it is new for this day, in whatever edition."""
    row = await connection.fetchrow(
        _SQL["add_finding"],
        key.municipality_code,
        key.caller_id,
        key.statement_on,
        key.edition,
        issuance_number,
        finding,
        now,
    )
    return row is not None and bool(row["is_new"])
