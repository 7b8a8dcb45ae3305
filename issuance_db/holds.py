"""Persons held back: nothing that shows them is issued until staff have looked."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import asyncpg

from civil.errors import KioskError
from civil.sql import load
from issuance_db.staff_acts import Actor, record_act

_SQL: Final = load("issuance_db", "holds.sql")


class HeldAlready(KioskError):
    """この人は保留中です。 / This person is held back already."""


class NotHeld(KioskError):
    """解除できる保留はありません。投影できない行は、住民記録を直すと自動で解けます。台帳と違う人は kiosk reconcile list から。 /
    There is nothing to lift. A row that cannot be projected is released by itself when the registry is corrected; who differs from the
    register is released by `kiosk reconcile approve`."""


async def list_held(connection: asyncpg.Connection, municipality_code: str) -> Sequence[Mapping[str, Any]]:
    """Everybody held back in the city, with cause, item and since when."""
    return [dict(row.items()) for row in await connection.fetch(_SQL["list"], municipality_code)]


async def held_with_names(
    connection: asyncpg.Connection, municipality_code: str, limit: int
) -> Sequence[Mapping[str, Any]]:
    """At most ``limit`` of them, with ``name``; None for somebody who is not in the issuance record."""
    return [dict(row.items()) for row in await connection.fetch(_SQL["named"], municipality_code, limit)]


async def hold_person(connection: asyncpg.Connection, municipality_code: str, person_number: str, actor: Actor) -> None:
    """Hold somebody (宛名番号) back, from the next permit on. Raises HeldAlready."""
    if await connection.fetchval(_SQL["hold"], municipality_code, person_number) is None:
        raise HeldAlready
    await record_act(connection, municipality_code, "person_held", actor, person_number=person_number)


async def release_person(
    connection: asyncpg.Connection, municipality_code: str, person_number: str, actor: Actor
) -> None:
    """Lift every hold but those of the projection and of the comparison with the register. Raises NotHeld."""
    if await connection.fetchval(_SQL["release"], municipality_code, person_number) is None:
        raise NotHeld
    await record_act(connection, municipality_code, "person_released", actor, person_number=person_number)


async def end_mended_hold(connection: asyncpg.Connection) -> bool:
    """End the holds of one person of the transaction's city whose data has changed since (role sweeper); False: there is nobody.

    Holds for a character, for what does not fit and for what contradicts itself. The next request finds out whether it is mended.
    """
    return await connection.fetchval(_SQL["end_mended"]) is not None
