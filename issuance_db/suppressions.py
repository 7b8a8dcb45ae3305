"""Suppression of issuing (支援措置・発行抑止) that staff set and lift. What the registry or a feed set, those lift; for who left the feed, staff.

It holds from its commit on, at any hour: its lock is the permit's, so that a permit under way sees it or precedes it.
"""

from collections.abc import Mapping
from typing import Any, Final

import asyncpg

from civil.errors import KioskError
from civil.sql import load
from issuance_db.credentials import NobodyOfThatNumber, require_resident
from issuance_db.staff_acts import Actor, record_act

_SQL: Final = load("issuance_db", "suppressions.sql")
_APART: Final = "事由は別に保管 / the ground is kept apart"
Row = Mapping[str, Any]


class SuppressedAlready(KioskError):
    """発行はすでに止めてあります。何も変えていません。 / Issuing is suppressed already. Nothing was changed."""


class NotSuppressedByStaff(KioskError):
    """この画面で止めたものではないため、解けません。住民基本台帳または元のシステムで解いてください。 /
    It was not set here and cannot be lifted here. Lift it in the registry or in the system it came from."""


async def suppress_person(
    connection: asyncpg.Connection, municipality_code: str, person_number: str, name: str, ground: str
) -> None:
    """Suppress issuing about a resident (宛名番号). ``ground`` is kept apart from the history, which says only who and when.

    Raises NobodyOfThatNumber, SuppressedAlready.
    """
    await require_resident(connection, person_number)
    if await connection.fetchval(_SQL["suppress"], municipality_code, person_number) is None:
        raise SuppressedAlready
    await connection.execute(_SQL["keep_ground"], municipality_code, person_number, ground, name)
    await record_act(connection, municipality_code, "suppression_set", Actor(name, _APART), person_number=person_number)


async def lift_suppression(
    connection: asyncpg.Connection, municipality_code: str, person_number: str, who: Actor
) -> None:
    """Lift what staff set; its ground goes with it. Else what a feed set that no longer has the person. Raises NotSuppressedByStaff."""
    source = "staff"
    if await connection.fetchval(_SQL["lift"], municipality_code, person_number) is None:
        source = "feed"
        if not await connection.fetchval(_SQL["lift_left"], municipality_code, person_number):
            raise NotSuppressedByStaff
    act = "suppression_lifted"
    await record_act(connection, municipality_code, act, who, concerns=source, person_number=person_number)


async def suppressed_persons(connection: asyncpg.Connection, municipality_code: str) -> frozenset[str]:
    """Everybody (宛名番号) about whom nothing is issued, whoever set it."""
    rows = await connection.fetch(_SQL["suppressed_persons"], municipality_code)
    return frozenset(row["person_number"] for row in rows)


async def ground_of(connection: asyncpg.Connection, municipality_code: str, person_number: str) -> Row | None:
    """``ground``, ``set_by`` and ``since`` of what staff set, or None."""
    return _row(await connection.fetchrow(_SQL["ground"], municipality_code, person_number))


async def koseki_person(
    connection: asyncpg.Connection, municipality_code: str, koseki_person_number: str
) -> Row | None:
    """Somebody of a koseki, with ``suppressed_by`` whom; None: there is nobody of that number."""
    return _row(await connection.fetchrow(_SQL["koseki_person"], municipality_code, koseki_person_number))


async def suppress_koseki_person(
    connection: asyncpg.Connection, municipality_code: str, koseki_person_number: str, name: str, ground: str
) -> None:
    """As `suppress_person`, for somebody known only from a koseki."""
    if await koseki_person(connection, municipality_code, koseki_person_number) is None:
        raise NobodyOfThatNumber
    if await connection.fetchval(_SQL["suppress_koseki"], municipality_code, koseki_person_number) is None:
        raise SuppressedAlready
    await connection.execute(_SQL["keep_koseki_ground"], municipality_code, koseki_person_number, ground, name)
    act = "koseki_suppression_set"
    await record_act(connection, municipality_code, act, Actor(name, _APART), person_number=koseki_person_number)


async def lift_koseki_suppression(
    connection: asyncpg.Connection, municipality_code: str, koseki_person_number: str, who: Actor
) -> None:
    """As `lift_suppression`."""
    if await connection.fetchval(_SQL["lift_koseki"], municipality_code, koseki_person_number) is None:
        raise NotSuppressedByStaff
    act = "koseki_suppression_lifted"
    await record_act(connection, municipality_code, act, who, person_number=koseki_person_number)


async def koseki_ground_of(
    connection: asyncpg.Connection, municipality_code: str, koseki_person_number: str
) -> Row | None:
    """As `ground_of`."""
    return _row(await connection.fetchrow(_SQL["koseki_ground"], municipality_code, koseki_person_number))


def _row(found: asyncpg.Record | None) -> Row | None:
    return None if found is None else dict(found.items())
