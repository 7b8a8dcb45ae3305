"""Stops: of everything, a kind, a person, a household, a terminal, a shop, a shop chain; now or planned, on every node.

One that a mismatch set is ended only after two persons have approved it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any, Final, Self

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
    """不一致で止めたものは、2人が承認してから再開します(kiosk stop approve)。 /
    What a mismatch stopped goes on after two persons have approved (kiosk stop approve)."""


class StopOverAtOnce(KioskError):
    """終わりは、始まりと今より後にしてください。何も停止していません。 /
    It must end after it begins, and after now. Nothing was stopped."""


class StopUnclear(KioskError):
    """停止する相手は、人、世帯、端末(事業者・店舗)のどれか一つです。端末には店舗、店舗には事業者も要ります。 /
    A stop is of one of these: a person, a household, a terminal. A terminal needs its shop, a shop its chain."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a stop covers: whatever has all that is named. Nothing named is the whole service.

    ``kind`` by its name in the protocol, persons by 宛名番号, households by 世帯番号, terminals as they name themselves.
    """

    kind: str | None = None
    person_number: str | None = None
    household_number: str | None = None
    operator: str | None = None
    store: str | None = None
    terminal: str | None = None

    def __post_init__(self) -> None:
        """Raise StopUnclear for more than one target, for a terminal without its place, and for a name that is empty."""
        named = (self.kind, self.person_number, self.household_number, self.operator, self.store, self.terminal)
        targets = [one for one in (self.person_number, self.household_number, self.operator) if one is not None]
        is_placed = (self.store is None or self.operator is not None) and (
            self.terminal is None or self.store is not None
        )
        if len(targets) > 1 or not is_placed or "" in named:
            raise StopUnclear


@dataclass(frozen=True, slots=True)
class Window:
    """From when until when (UTC, the end excluded), seen at ``now``; without an end until it is ended."""

    starts_at: datetime
    ends_at: datetime | None

    @classmethod
    def of(cls, starts_at: datetime | None, ends_at: datetime | None, now: datetime) -> Self:
        """Without a start, or with one that has passed, from now on. Raises StopOverAtOnce."""
        begins = max(starts_at or now, now)
        if ends_at is not None and ends_at <= begins:
            raise StopOverAtOnce
        return cls(begins, ends_at)


async def list_stops(
    connection: asyncpg.Connection,
    municipality_code: str,
    now: datetime,
    *,
    ended_too: bool = False,
    most: int | None = None,
) -> Sequence[Mapping[str, Any]]:
    """Stops in force or to come at ``now`` (UTC), newest first; with ``ended_too`` all of them, or the newest ``most``."""
    rows = await connection.fetch(_SQL["list"], municipality_code, ended_too, now, most)
    return [dict(row.items()) for row in rows]


async def set_stop(
    connection: asyncpg.Connection,
    municipality_code: str,
    actor: Actor,
    now: datetime,
    scope: Scope,
    *,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> int:
    """Stop what is named from ``starts_at`` (UTC; at once without it) on every node; returns the stop's number. Raises StopOverAtOnce."""
    window = Window.of(starts_at, ends_at, now)
    stop_id: int = await connection.fetchval(
        _SQL["set"], municipality_code, window.starts_at, window.ends_at, now, actor.reason, *astuple(scope)
    )
    await record_act(
        connection, municipality_code, "stop_set", actor, concerns=str(stop_id), person_number=scope.person_number
    )
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
        ended = await connection.fetchrow(_SQL["end"], municipality_code, stop_id, now)
    except asyncpg.PostgresError as refused:
        if refused.sqlstate == TWO_PERSONS:
            raise TwoPersonsNeeded from None
        raise
    if ended is None:
        raise NoSuchStop
    await record_act(
        connection, municipality_code, "stop_ended", actor, concerns=str(stop_id), person_number=ended["person_number"]
    )
