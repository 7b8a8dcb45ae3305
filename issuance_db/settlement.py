"""The centre's statements and what matching found of them. Rows are added, never changed; written as `staff`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import asyncpg

from civil.sql import load

_SQL: Final = load("issuance_db", "settlement.sql")
_AT_ONCE: Final = 10_000


@dataclass(frozen=True, slots=True)
class StatementKey:
    """Whose statement of which JST day, in which edition (版)."""

    municipality_code: str
    caller_id: str
    statement_on: date
    edition: int


@dataclass(frozen=True, slots=True)
class StoredStatement:
    """An edition that was taken in. `closed_at` (UTC): up to when the centre says it is complete.

    `lines_sha256` is of the lines alone, None in editions of before it was kept.
    """

    edition: int
    closed_at: datetime
    lines: int
    sha256: bytes
    lines_sha256: bytes | None


@dataclass(frozen=True, slots=True)
class StoredLine:
    """One line of a statement; `occurred_at` is UTC. `issuance_number` and `request_id` are empty where the line does not say them."""

    line: int
    issuance_number: str
    kind: str
    terminal_operator: str
    terminal_store: str
    terminal_id: str
    occurred_at: datetime
    outcome: str
    fee_yen: int
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One finding that somebody has to look at; `detail` is what its alert says."""

    issuance_number: str
    finding: str
    line: int | None
    ours: str
    theirs: str
    detail: str


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
    digests: tuple[bytes, bytes],
    now: datetime,
) -> None:
    """Store one edition with all its lines; `digests` are the SHA-256 of the file and of the lines."""
    columns = (key.municipality_code, key.caller_id, key.statement_on, key.edition)
    await connection.execute(_SQL["add_statement"], *columns, closed_at, len(lines), *digests, now)
    names = StoredLine.__dataclass_fields__
    for begin in range(0, len(lines), _AT_ONCE):
        some = lines[begin : begin + _AT_ONCE]
        await connection.execute(
            _SQL["add_lines"], *columns, *([getattr(line, name) for line in some] for name in names)
        )


async def lines_of(connection: asyncpg.Connection, key: StatementKey) -> Sequence[asyncpg.Record]:
    """The lines of an edition, as they stand in the file; the columns are those of `StoredLine`."""
    return await connection.fetch(_SQL["lines"], key.municipality_code, key.caller_id, key.statement_on, key.edition)


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


async def stated_elsewhere(
    connection: asyncpg.Connection, key: StatementKey, requests: Mapping[str, str | None]
) -> frozenset[str]:
    """Which of these numbers (each with the request it answered, if that is ours) the statements of other days name."""
    columns = (key.municipality_code, key.caller_id, key.statement_on)
    rows = await connection.fetch(_SQL["stated_elsewhere"], *columns, list(requests), list(requests.values()))
    return frozenset(row["issuance_number"] for row in rows)


async def numbers_of_requests(
    connection: asyncpg.Connection, municipality_code: str, caller_id: str, request_ids: Iterable[str]
) -> Mapping[str, str]:
    """The issuance number by request id, of what we answered to this caller."""
    rows = await connection.fetch(_SQL["numbers_of_requests"], municipality_code, caller_id, list(request_ids))
    return {row["request_id"]: row["issuance_number"] for row in rows}


async def settle_outcomes(connection: asyncpg.Connection, key: StatementKey, lines: Iterable[int]) -> int:
    """Take outcomes of answers from their only lines where none was known; says how many."""
    count: int = await connection.fetchval(_SQL["settle_outcomes"], key.caller_id, key.statement_on, list(lines))
    return count


async def add_differences(
    connection: asyncpg.Connection, key: StatementKey, differences: Sequence[Difference], now: datetime
) -> int:
    """Store each once, with an alert for each that no edition of the day had; says how many alerts were opened."""
    count: int = await connection.fetchval(
        _SQL["add_differences"], key.municipality_code, key.caller_id, key.statement_on, key.edition, now,
        *([getattr(one, name) for one in differences] for name in Difference.__dataclass_fields__),
    )  # fmt: skip
    return count


async def add_match(
    connection: asyncpg.Connection, key: StatementKey, agreed: int, settled: int, differences: int, now: datetime
) -> None:
    """Store how matching an edition came out, unless that is known."""
    columns = (key.municipality_code, key.caller_id, key.statement_on, key.edition)
    await connection.execute(_SQL["add_match"], *columns, agreed, settled, differences, now)


async def month_is_closed(connection: asyncpg.Connection, caller_id: str, day: date) -> bool:
    """Whether the month of a JST day was closed: nothing is taken in or matched there."""
    return bool(await connection.fetchval(_SQL["month_is_closed"], caller_id, day))


async def newest_month(
    connection: asyncpg.Connection, municipality_code: str, caller_id: str, month: date
) -> tuple[int, bytes] | None:
    """Edition and SHA-256 of the last statement of a whole month (its first day), or None."""
    row = await connection.fetchrow(_SQL["newest_month"], municipality_code, caller_id, month)
    return None if row is None else (row["edition"], row["sha256"])


async def add_month(
    connection: asyncpg.Connection, key: StatementKey, lines: int, days_changed: int, sha256: bytes, now: datetime
) -> None:
    """Store that a statement of a whole month was taken in; `statement_on` is the month's first day."""
    columns = (key.municipality_code, key.caller_id, key.statement_on, key.edition)
    await connection.execute(_SQL["add_month"], *columns, lines, days_changed, sha256, now)
