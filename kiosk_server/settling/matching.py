"""Matching one day: reads both sides, lets `reconcile` compare them, stores what it found and opens an alert for each difference."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

import asyncpg

from civil.calendar import jst_midnight
from issuance_db import settlement
from issuance_db.settlement import Difference, StatementKey, StoredStatement
from kiosk_server.settling.errors import MonthClosed, StatementMissing, TooManyDifferences
from kiosk_server.settling.wording import in_words
from reconcile import Books, Matched, OwnIssuance, Sent, StatementLine, match_statement, named, paired
from reconcile.settlement import Finding

ON_ITS_WAY: Final = timedelta(minutes=10)
"""What we sent so shortly before the statement closed may still have been printing: the next statement has to name it."""
BY_STATEMENT: Final = "statement/"
MOST_DIFFERENCES: Final = 2_000
"""More than so many in one day mean a wrong file or layout, unless somebody says that they do not."""


@dataclass(frozen=True, slots=True)
class MatchedDay:
    """What matching found of one day. `alerts` is how many differences are new."""

    key: StatementKey
    closed_at: datetime
    found: tuple[Matched, ...]
    alerts: int

    @property
    def differences(self) -> tuple[Matched, ...]:
        """What somebody has to look at."""
        return tuple(one for one in self.found if one.finding.is_difference)

    def count(self, finding: Finding) -> int:
        """How many of one kind."""
        return sum(one.finding is finding for one in self.found)


async def match_day(
    connection: asyncpg.Connection,
    municipality_code: str,
    caller_id: str,
    statement_on: date,
    now: datetime,
    *,
    even_if_many: bool = False,
) -> MatchedDay:
    """Match the statement of a JST day, in the transaction that is open, as `staff`; again gives the same and adds nothing.

    Raises StatementMissing, MonthClosed, TooManyDifferences.
    """
    await settlement.wait_for_turn(connection, municipality_code, caller_id)
    statement = await settlement.newest_statement(connection, municipality_code, caller_id, statement_on)
    if statement is None:
        raise StatementMissing
    if await settlement.month_is_closed(connection, caller_id, statement_on):
        raise MonthClosed
    key = StatementKey(municipality_code, caller_id, statement_on, statement.edition)
    lines = [_line(line) for line in await settlement.lines_of(connection, key)]
    found = await _found(connection, key, statement, lines)
    done = MatchedDay(key, statement.closed_at, found, 0)
    if len(done.differences) > MOST_DIFFERENCES and not even_if_many:
        raise TooManyDifferences
    return replace(done, alerts=await _store(connection, done, now))


async def _found(
    connection: asyncpg.Connection, key: StatementKey, statement: StoredStatement, lines: list[StatementLine]
) -> tuple[Matched, ...]:
    due = await _due(connection, key, statement)
    unnumbered = {line.request_id for line in lines if not line.issuance_number and line.request_id}
    numbers = await settlement.numbers_of_requests(connection, key.municipality_code, key.caller_id, unnumbered)
    lines = [named(line, numbers) for line in lines]
    asked = {line.issuance_number for line in lines} | due
    rows = await settlement.answered(connection, key.municipality_code, key.caller_id, asked)
    answered = {row["issuance_number"]: _own(row) for row in rows}
    requests = dict.fromkeys(asked) | {row["issuance_number"]: row["request_id"] for row in rows}
    stated = await settlement.stated_elsewhere(connection, key, requests)
    free = due - {line.issuance_number for line in lines} - stated
    called = paired(lines, [_sent(row) for row in rows if row["issuance_number"] in free])
    unsent = await settlement.unsent(connection, key.municipality_code, key.caller_id, asked - answered.keys())
    return match_statement(called, Books(answered, unsent, due, stated))


async def _due(connection: asyncpg.Connection, key: StatementKey, statement: StoredStatement) -> frozenset[str]:
    city, caller = key.municipality_code, key.caller_id
    begins = await settlement.closed_before(connection, city, caller, key.statement_on)
    since = begins or jst_midnight(key.statement_on)
    return await settlement.answered_between(
        connection, city, caller, since - ON_ITS_WAY, statement.closed_at - ON_ITS_WAY
    )


async def _store(connection: asyncpg.Connection, done: MatchedDay, now: datetime) -> int:
    settled = [one.line for one in done.found if one.finding is Finding.SETTLED and one.line is not None]
    await settlement.settle_outcomes(connection, done.key, settled)
    each = {(one.issuance_number, one.finding): one for one in reversed(done.differences)}
    stored = [_difference(done.key, one) for one in reversed(each.values())]
    alerts = await settlement.add_differences(connection, done.key, stored, now)
    await settlement.add_match(connection, done.key, done.count(Finding.AGREED), len(settled), len(stored), now)
    return alerts


def _difference(key: StatementKey, one: Matched) -> Difference:
    detail = f"{key.statement_on} {key.edition}: {in_words(one)}"
    return Difference(one.issuance_number, one.finding.value, one.line, one.ours, one.theirs, detail)


def _line(row: asyncpg.Record) -> StatementLine:
    line, number, kind, operator, store, terminal, occurred_at, outcome, fee_yen, request_id = row
    place = (operator, store, terminal)
    return StatementLine(line, number, kind, place, occurred_at, outcome, fee_yen, request_id)


def _own(row: asyncpg.Record) -> OwnIssuance:
    told_by = row["reported_by"]
    return OwnIssuance(
        row["issuance_number"],
        row["kind"],
        (row["terminal_operator"], row["terminal_store"], row["terminal_id"]),
        row["fee_yen"],
        row["outcome"],
        row["fee_collected"],
        None if told_by is None else "statement" if told_by.startswith(BY_STATEMENT) else "report",
        row["request_id"],
    )


def _sent(row: asyncpg.Record) -> Sent:
    place = (row["terminal_operator"], row["terminal_store"], row["terminal_id"])
    return Sent(row["issuance_number"], place, row["kind"], row["recorded_at"])
