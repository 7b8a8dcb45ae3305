"""Taking a statement in: once, in the order of its editions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import asyncpg

from issuance_db import settlement
from issuance_db.settlement import StatementKey
from kiosk_server.settling.errors import EditionOutOfOrder, OtherCity, StatementContradicts
from kiosk_server.settling.statement_file import STATEMENT, Statement
from sync.feeds import FileRefused

_CLOCK_TOLERANCE: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file: `is_new` is False when the same file was there already."""

    key: StatementKey
    lines: int
    fees_yen: int
    is_new: bool


async def import_statement(
    connection: asyncpg.Connection, municipality_code: str, caller_id: str, statement: Statement, now: datetime
) -> Imported:
    """Store a statement in the transaction that is open, as `staff`; the same file again changes nothing.

    Raises OtherCity, FileRefused (it closes in the future), StatementContradicts and EditionOutOfOrder.
    """
    if statement.municipality_code != municipality_code:
        raise OtherCity
    if statement.closed_at > now + _CLOCK_TOLERANCE:
        raise FileRefused(1, STATEMENT.header[-1], "まだ来ていない時刻です。 / It is in the future.")
    await settlement.wait_for_turn(connection, municipality_code, caller_id)
    key = StatementKey(municipality_code, caller_id, statement.statement_on, statement.edition)
    is_new = await _is_next(connection, key, statement)
    if is_new:
        await settlement.add_statement(connection, key, statement.closed_at, statement.lines, statement.sha256, now)
    return Imported(key, len(statement.lines), sum(line.fee_yen for line in statement.lines), is_new)


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
