"""Erasing personal columns and salts at retention: asked for, approved by two persons, carried out, and itself history."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import asyncpg

from civil.errors import KioskError
from civil.sql import load

_SQL: Final = load("issuance_db.log", "erasing.sql")
ERASED_TABLES: Final = (
    "issuance_subject",
    "issuance_koseki_person",
    "my_number_read",
    "record_difference",
    "record_repair",
    "refusal_reason",
    "source_difference",
    "staff_act",
    "staff_reading",
)
"""The tables of history that name persons."""
_TWO_PERSONS: Final = 2


class ErasureUnknown(KioskError):
    """その番号の消去の申請はありません。 / No erasure was asked for under this number."""


class ApprovedAlready(KioskError):
    """同じ人が二度承認することはできません。別の職員が承認してください。 /
    The same person cannot approve twice. Somebody else must."""


class NotApproved(KioskError):
    """二人の承認がまだありません。 / Two persons have not approved it yet."""


async def ask_for_erasure(
    connection: asyncpg.Connection, municipality_code: str, entered_before: datetime, reason: str
) -> int:
    """Ask that rows entered before an instant (UTC) lose their personal columns; returns the number to approve."""
    number: int = await connection.fetchval(_SQL["ask"], municipality_code, entered_before, reason)
    return number


async def approve_erasure(
    connection: asyncpg.Connection, municipality_code: str, erasure_id: int, approved_by: str
) -> int:
    """Approve it as one of two persons; returns how many have. Raises ErasureUnknown, ApprovedAlready."""
    await _approvals(connection, municipality_code, erasure_id)
    if await connection.fetchval(_SQL["approve"], municipality_code, erasure_id, approved_by) is None:
        raise ApprovedAlready
    return await _approvals(connection, municipality_code, erasure_id)


async def erase(connection: asyncpg.Connection, municipality_code: str, erasure_id: int) -> Mapping[str, int]:
    """Carry it out in the open transaction; returns how many rows of each table lost their personal columns, or went.

    Rows younger than retention stay whatever was asked. Raises ErasureUnknown, NotApproved, and asyncpg's RaiseError where a
    row of that age is no leaf yet: look at the batcher first.
    """
    if await _approvals(connection, municipality_code, erasure_id) < _TWO_PERSONS:
        raise NotApproved
    erased = {table: await connection.fetchval(_SQL["erase"], erasure_id, table) for table in ERASED_TABLES}
    return erased | {"koseki_access": await connection.fetchval(_SQL["erase_koseki_access"], erasure_id)}


async def _approvals(connection: asyncpg.Connection, municipality_code: str, erasure_id: int) -> int:
    row = await connection.fetchrow(_SQL["exists"], municipality_code, erasure_id)
    if row is None:
        raise ErasureUnknown
    approvals: int = row["approvals"]
    return approvals
