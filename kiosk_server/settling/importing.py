"""Taking statements in: once, in the order of their editions, all or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from operator import attrgetter
from typing import Final

import asyncpg

from civil.calendar import jst_midnight
from issuance_db import settlement
from issuance_db.settlement import StatementKey, StoredLine
from kiosk_server.settling.errors import EditionOutOfOrder, MonthClosed, StatementContradicts
from kiosk_server.settling.statement_file import STATEMENT, Statement
from kiosk_server.settling.table_file import Table
from sync.feeds import FileRefused, OtherCity

_CLOCK_TOLERANCE: Final = timedelta(minutes=5)
_SAID: Final = attrgetter(*[name for name in StoredLine.__dataclass_fields__ if name != "line"])
"""What a line says, wherever it stands."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file: `is_new` is False when the same file was there already; `days` are those whose lines changed."""

    key: StatementKey
    lines: int
    fees_yen: int
    is_new: bool
    days: Sequence[date] = ()


async def import_statement(
    connection: asyncpg.Connection, municipality_code: str, caller_id: str, statement: Statement, now: datetime
) -> Imported:
    """Store a statement in the transaction that is open, as `staff`; the same file again changes nothing.

    Raises OtherCity, FileRefused (it closes in the future), MonthClosed, StatementContradicts and EditionOutOfOrder.
    """
    if statement.municipality_code != municipality_code:
        raise OtherCity
    _require_past(statement.closed_at, now)
    await settlement.wait_for_turn(connection, municipality_code, caller_id)
    key = StatementKey(municipality_code, caller_id, statement.statement_on, statement.edition)
    is_new = await _is_next(connection, key, statement)
    if is_new:
        await _require_open(connection, key)
        digests = (statement.sha256, lines_digest(statement.lines))
        await settlement.add_statement(connection, key, statement.closed_at, statement.lines, digests, now)
    days = (key.statement_on,) if is_new else ()
    return Imported(key, len(statement.lines), _fees(statement.lines), is_new, days)


async def import_table(
    connection: asyncpg.Connection,
    municipality_code: str,
    caller_id: str,
    table: Table,
    now: datetime,
    *,
    is_correction: bool = False,
) -> Imported:
    """Store a centre's table as the next edition of each day whose lines it changes; the same file again changes nothing.

    Raises FileRefused (the period is not over), MonthClosed, and StatementContradicts where another content was taken in for this
    very period and this is not said to be a correction.
    """
    period = table.period
    _require_past(period.ends_at, now)
    await settlement.wait_for_turn(connection, municipality_code, caller_id)
    have, known = await _before(connection, municipality_code, caller_id, table)
    key = StatementKey(municipality_code, caller_id, period.first, have + 1)
    lines = [line for day in period.days for line in table.lines[day]]
    if known == table.sha256:
        return Imported(key, len(lines), _fees(lines), is_new=False)
    if known is not None and not is_correction:
        raise StatementContradicts
    await _require_open(connection, key)
    days = [day for day in period.days if await _add_day(connection, key, day, table, now)]
    if period.length == "month":
        await settlement.add_month(connection, key, len(lines), len(days), table.sha256, now)
    return Imported(key, len(lines), _fees(lines), is_new=True, days=days)


def lines_digest(lines: Sequence[StoredLine]) -> bytes:
    """SHA-256 of what the lines say, wherever in which file they stand."""
    digest = sha256()
    for line in sorted(repr(_SAID(line)) for line in lines):
        digest.update(f"{line}\n".encode())
    return digest.digest()


async def _add_day(connection: asyncpg.Connection, month: StatementKey, day: date, table: Table, now: datetime) -> bool:
    city, caller, lines = month.municipality_code, month.caller_id, table.lines[day]
    newest = await settlement.newest_statement(connection, city, caller, day)
    of_lines = lines_digest(lines)
    # A day that the month tells as its own statement did keeps its edition.
    if table.period.length == "month" and newest is not None and newest.lines_sha256 == of_lines:
        return False
    key = StatementKey(city, caller, day, 1 if newest is None else newest.edition + 1)
    closed_at = jst_midnight(day + timedelta(days=1))
    await settlement.add_statement(connection, key, closed_at, lines, (table.sha256, of_lines), now)
    return True


async def _before(
    connection: asyncpg.Connection, municipality_code: str, caller_id: str, table: Table
) -> tuple[int, bytes | None]:
    if table.period.length == "month":
        month = await settlement.newest_month(connection, municipality_code, caller_id, table.period.first)
        return (0, None) if month is None else month
    day = await settlement.newest_statement(connection, municipality_code, caller_id, table.period.first)
    return (0, None) if day is None else (day.edition, day.sha256)


async def _is_next(connection: asyncpg.Connection, key: StatementKey, statement: Statement) -> bool:
    newest = await settlement.newest_statement(connection, key.municipality_code, key.caller_id, key.statement_on)
    have = 0 if newest is None else newest.edition
    if newest is not None and have == key.edition:
        if newest.sha256 != statement.sha256:
            raise StatementContradicts
        return False
    if key.edition != have + 1:
        raise EditionOutOfOrder
    return True


async def _require_open(connection: asyncpg.Connection, key: StatementKey) -> None:
    if await settlement.month_is_closed(connection, key.caller_id, key.statement_on):
        raise MonthClosed


def _require_past(instant: datetime, now: datetime) -> None:
    if instant > now + _CLOCK_TOLERANCE:
        raise FileRefused(
            1,
            STATEMENT.header[-1],
            "期間が終わっていません(まだ来ていない時刻です)。 / The period is not over: it closes in the future.",
        )


def _fees(lines: Sequence[StoredLine]) -> int:
    return sum(line.fee_yen for line in lines)
