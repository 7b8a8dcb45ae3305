"""Matching one day: reads both sides, lets `reconcile` compare them, stores what it found and opens an alert for each difference."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, cast

import asyncpg

from civil.calendar import JST
from issuance_db import history, settlement
from issuance_db.settlement import StatementKey, StoredLine, StoredStatement
from kiosk_server.settling.errors import StatementMissing
from kiosk_server.settling.wording import in_words
from reconcile import Books, Matched, OwnIssuance, StatementLine, match_statement
from reconcile.settlement import Finding, Outcome

ON_ITS_WAY: Final = timedelta(minutes=10)
"""What we sent so shortly before the statement closed may still have been printing: the next statement has to name it."""
BY_STATEMENT: Final = "statement/"


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
    connection: asyncpg.Connection, municipality_code: str, caller_id: str, statement_on: date, now: datetime
) -> MatchedDay:
    """Match the statement of a JST day, in the transaction that is open, as `staff`; again gives the same and adds nothing.

    Raises StatementMissing.
    """
    await settlement.wait_for_turn(connection, municipality_code, caller_id)
    statement = await settlement.newest_statement(connection, municipality_code, caller_id, statement_on)
    if statement is None:
        raise StatementMissing
    key = StatementKey(municipality_code, caller_id, statement_on, statement.edition)
    lines = [_line(line) for line in await settlement.lines_of(connection, key)]
    found = match_statement(lines, await _books(connection, key, statement, lines))
    alerts = 0
    for one in found:
        if one.finding is Finding.SETTLED and one.line is not None:
            await settlement.settle_outcome(connection, key, one.line)
        is_new = await settlement.add_finding(connection, key, one.issuance_number, one.finding, now)
        if is_new and one.finding.is_difference:
            await _alert(connection, key, one)
            alerts += 1
    return MatchedDay(key, statement.closed_at, found, alerts)


async def _books(
    connection: asyncpg.Connection, key: StatementKey, statement: StoredStatement, lines: list[StatementLine]
) -> Books:
    city, caller = key.municipality_code, key.caller_id
    begins = await settlement.closed_before(connection, city, caller, key.statement_on)
    since = begins or datetime.combine(key.statement_on, time.min, JST).astimezone(UTC)
    due = await settlement.answered_between(
        connection, city, caller, since - ON_ITS_WAY, statement.closed_at - ON_ITS_WAY
    )
    numbers = {line.issuance_number for line in lines} | due
    answers = [_own(row) for row in await settlement.answered(connection, city, caller, numbers)]
    return Books(
        {own.issuance_number: own for own in answers},
        await settlement.unsent(connection, city, caller, numbers),
        due,
        await settlement.stated_elsewhere(connection, key, numbers),
    )


def _line(line: StoredLine) -> StatementLine:
    return StatementLine(
        line.line,
        line.issuance_number,
        line.kind,
        (line.terminal_operator, line.terminal_store, line.terminal_id),
        line.occurred_at,
        cast("Outcome", line.outcome),
        line.fee_yen,
    )


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
    )


async def _alert(connection: asyncpg.Connection, key: StatementKey, one: Matched) -> None:
    await history.open_alert(
        connection,
        key.municipality_code,
        f"settlement/{one.finding}",
        f"{key.statement_on} {key.edition}: {in_words(one)}",
        issuance_number=one.issuance_number,
        caller_id=key.caller_id,
    )
