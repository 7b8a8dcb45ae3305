"""Stops of a kind or of every kind. One that a mismatch set is ended only after two persons have approved it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import asyncpg

from civil.errors import KioskError
from civil.sql import load
from issuance_db.staff_acts import Actor, record_act

_SQL: Final = load("issuance_db", "stops.sql")
TWO_PERSONS: Final = "KS005"


class NoSuchStop(KioskError):
    """その番号の停止はないか、もう終わっています。 / There is no such stop, or it has ended."""


class NotToApprove(KioskError):
    """承認が要る停止ではないか、この人はもう承認しています。 / It needs no approval, or this person has approved it already."""


class TwoPersonsNeeded(KioskError):
    """2人の承認が要ります(kiosk stop approve)。 / Two persons must approve first (kiosk stop approve)."""


async def list_stops(
    connection: asyncpg.Connection, municipality_code: str, now: datetime, *, ended_too: bool = False
) -> Sequence[Mapping[str, Any]]:
    """Stops in force or to come at ``now`` (UTC), newest first; with ``ended_too`` all of them."""
    rows = await connection.fetch(_SQL["list"], municipality_code, ended_too, now)
    return [dict(row.items()) for row in rows]


async def set_stop(
    connection: asyncpg.Connection,
    municipality_code: str,
    actor: Actor,
    now: datetime,
    *,
    kind: str | None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> int:
    """Stop a kind, or all with None, from ``starts_at`` (UTC; at once without it) on every node; returns the stop's number."""
    stop_id: int = await connection.fetchval(
        _SQL["set"], municipality_code, kind, starts_at or now, ends_at, now, actor.reason
    )
    await record_act(connection, municipality_code, "stop_set", actor, concerns=str(stop_id))
    return stop_id


async def approve_restart(connection: asyncpg.Connection, municipality_code: str, stop_id: int, actor: Actor) -> None:
    """Approve, as one of two, that a kind stopped for a mismatch goes on. Raises NotToApprove."""
    if await connection.fetchval(_SQL["approve"], municipality_code, stop_id, actor.name, actor.reason) is None:
        raise NotToApprove
    await record_act(connection, municipality_code, "stop_approved", actor, concerns=str(stop_id))


async def end_stop(
    connection: asyncpg.Connection, municipality_code: str, stop_id: int, actor: Actor, now: datetime
) -> None:
    """End a stop at ``now`` (UTC). Raises NoSuchStop, and TwoPersonsNeeded for a mismatch without two approvals."""
    try:
        ended = await connection.fetchval(_SQL["end"], municipality_code, stop_id, now)
    except asyncpg.PostgresError as refused:
        if refused.sqlstate == TWO_PERSONS:
            raise TwoPersonsNeeded from None
        raise
    if ended is None:
        raise NoSuchStop
    await record_act(connection, municipality_code, "stop_ended", actor, concerns=str(stop_id))
