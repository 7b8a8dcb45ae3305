"""Documents that failed the inspection or the comparison, sealed. Two persons approve; one of them opens, and that is an act."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import asyncpg

from civil.errors import KioskError
from civil.sql import load
from issuance_db.staff_acts import Actor, record_act
from issuance_db.stops import TWO_PERSONS

_SQL: Final = load("issuance_db", "quarantines.sql")


class NotQuarantined(KioskError):
    """その番号の隔離文書はないか、期限が過ぎて消去されています。 /
    No document of this number is in quarantine, or its time is over and it was destroyed."""


class ApprovedAlready(KioskError):
    """この人はもう承認しているか、隔離文書がありません。 / This person has approved already, or there is no such document."""


class ApprovalsMissing(KioskError):
    """2人の承認が要り、開くのはその1人です(kiosk quarantine approve)。 /
    Two persons must approve, and one of them opens it (kiosk quarantine approve)."""


@dataclass(frozen=True, slots=True)
class SealedDocument:
    """The sealed bytes, with the version of the quarantine key."""

    sealed: bytes = field(repr=False)
    key_version: int


async def list_quarantined(connection: asyncpg.Connection, municipality_code: str) -> Sequence[Mapping[str, Any]]:
    """Every quarantined document of the city, newest first, without its content."""
    return [dict(row.items()) for row in await connection.fetch(_SQL["list"], municipality_code)]


async def approve_opening(connection: asyncpg.Connection, municipality_code: str, number: str, actor: Actor) -> None:
    """Approve, as one of two, that a document is looked at. Raises ApprovedAlready."""
    if await connection.fetchval(_SQL["approve"], municipality_code, number, actor.name, actor.reason) is None:
        raise ApprovedAlready
    await record_act(connection, municipality_code, "quarantine_approved", actor, concerns=number)


async def open_quarantined(connection: asyncpg.Connection, number: str, opened_by: str) -> SealedDocument:
    """The sealed document, in the city of this transaction. Raises ApprovalsMissing, NotQuarantined."""
    try:
        row = await connection.fetchrow(_SQL["open"], number, opened_by)
    except asyncpg.PostgresError as refused:
        if refused.sqlstate == TWO_PERSONS:
            raise ApprovalsMissing from None
        raise
    if row is None:
        raise NotQuarantined
    return SealedDocument(row["sealed"], row["key_version"])
