"""What becomes of issued sheets, for the published status list of the visible seal."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import asyncpg

from civil.errors import KioskError
from civil.sql import load
from issuance_db.staff_acts import Actor

_SQL: Final = load("issuance_db", "seal_status.sql")
SealState = Literal["issued", "void", "replaced"]


class NotToWithdraw(KioskError):
    """その発行番号の証明書はないか、すでに無効にされています。 / There is no such issuance, or it was withdrawn already."""


@dataclass(frozen=True, slots=True)
class PlaceState:
    """One place of a month's list (2026-11): index, the secret of the sheet's code, and the state of the issuance."""

    status_list: str
    index: int
    secret: bytes
    state: SealState


async def place_states(connection: asyncpg.Connection) -> Sequence[PlaceState]:
    """Every place of the transaction's city, as role publisher may read them: without numbers or persons."""
    rows = await connection.fetch(_SQL["places"])
    return [PlaceState(*row) for row in rows]


async def withdraw_sheet(
    connection: asyncpg.Connection,
    municipality_code: str,
    issuance_number: str,
    state: Literal["void", "replaced"],
    actor: Actor,
) -> None:
    """A sheet that is out in the world no longer stands; the next list that is published says so. Raises NotToWithdraw."""
    found = await connection.fetchval(
        _SQL["withdraw"], municipality_code, issuance_number, state, actor.name, actor.reason
    )
    if found is None:
        raise NotToWithdraw
