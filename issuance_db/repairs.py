"""What staff see of differences between F6 and the register, and their approval that a record is made anew."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import asyncpg

from civil.errors import KioskError
from civil.sql import load
from issuance_db.staff_acts import Actor, record_act

_SQL: Final = load("issuance_db", "repairs.sql")


class NothingToRepair(KioskError):
    """この人は整合処理で保留になっていないか、修復を承認済みです。kiosk reconcile list で確かめてください。 /
    No comparison holds this person back, or the repair was approved already. `kiosk reconcile list` shows who is."""


async def list_doubts(connection: asyncpg.Connection, municipality_code: str) -> Sequence[Mapping[str, Any]]:
    """Everybody whom a comparison holds back, with what it found; items are names, never values."""
    return [dict(row.items()) for row in await connection.fetch(_SQL["list"], municipality_code)]


async def approve_repair(
    connection: asyncpg.Connection, municipality_code: str, person_number: str, actor: Actor
) -> None:
    """Approve that somebody's (宛名番号) record is made anew from the register. Raises NothingToRepair."""
    done = await connection.fetchval(_SQL["approve"], municipality_code, person_number, actor.name, actor.reason)
    if done is None:
        raise NothingToRepair
    await record_act(connection, municipality_code, "repair_approved", actor, person_number=person_number)


async def last_reconciled(connection: asyncpg.Connection, municipality_code: str) -> Mapping[str, Any]:
    """`whole_at` and `part_at` (UTC): when the city was compared last, None where it never was. Of all of it: `theirs` and `ours`, how many
    persons the register and F6 had then; `differing` counts those who are held back now."""
    row = await connection.fetchrow(_SQL["progress"], municipality_code)
    assert row is not None  # noqa: S101 - there is one row, whatever is joined to it
    return dict(row.items())
