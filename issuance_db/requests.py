"""Requests and their current state. One INSERT decides who holds a request; a fencing token decides who may end it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

import asyncpg

from civil.sql import load
from issuance_db.steps import one_after_another

_SQL: Final = load("issuance_db", "requests.sql")


@dataclass(frozen=True, slots=True)
class RequestKey:
    """What makes a request unique: caller, city, call and the caller's own id."""

    municipality_code: str
    caller_id: str
    call: Literal["menus", "issuances", "koseki_access_registrations"]
    request_id: str

    @property
    def columns(self) -> tuple[str, str, str, str]:
        """The key in the order of the table's primary key."""
        return self.municipality_code, self.caller_id, self.call, self.request_id


@dataclass(frozen=True, slots=True)
class Terminal:
    """The machine at which the resident stands."""

    operator: str
    store: str
    terminal: str


@dataclass(frozen=True, slots=True)
class NewRequest:
    """A request as it arrived. ``fingerprint`` is a keyed hash of its canonical body without the PIN."""

    key: RequestKey
    fingerprint: bytes
    kind: str | None
    channel: str
    terminal: Terminal
    accepted_at: datetime
    deadline_at: datetime


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on a request until its deadline (UTC). ``token`` fences off every earlier holder."""

    key: RequestKey
    token: int
    accepted_at: datetime
    deadline_at: datetime


@dataclass(frozen=True, slots=True)
class KnownRequest:
    """A request that was there before this one arrived."""

    key: RequestKey
    fingerprint: bytes
    state: str
    result_code: str | None
    issuance_number: str | None
    lease_until: datetime


async def accept(connection: asyncpg.Connection, request: NewRequest) -> Lease | None:
    """Take the request, with its first step, or return None when a row with this key exists already."""
    with one_after_another():
        row = await connection.fetchrow(
            _SQL["accept"],
            *request.key.columns,
            request.fingerprint,
            request.kind,
            request.channel,
            request.terminal.operator,
            request.terminal.store,
            request.terminal.terminal,
            request.accepted_at,
            request.deadline_at,
        )
    return _lease(request.key, row)


async def find(connection: asyncpg.Connection, key: RequestKey) -> KnownRequest | None:
    """The request as committed now."""
    row = await connection.fetchrow(_SQL["find"], *key.columns)
    if row is None:
        return None
    return KnownRequest(
        key, row["fingerprint"], row["state"], row["result_code"], row["issuance_number"], row["lease_until"]
    )


async def take_over(
    connection: asyncpg.Connection, key: RequestKey, now: datetime, deadline_at: datetime
) -> Lease | None:
    """Begin a new attempt where the last one was abandoned or its lease ran out; None while somebody holds it."""
    return _lease(key, await connection.fetchrow(_SQL["take_over"], *key.columns, now, deadline_at))


async def finish(
    connection: asyncpg.Connection,
    lease: Lease,
    state: Literal["answered", "refused", "abandoned"],
    code: str,
    issuance_number: str | None = None,
) -> bool:
    """End the request. False means that the lease is gone and the caller's work must be thrown away."""
    row = await connection.fetchrow(_SQL["finish"], *lease.key.columns, lease.token, state, code, issuance_number)
    return row is not None


async def withdraw(connection: asyncpg.Connection, key: RequestKey) -> bool:
    """Turn an answered request into ``not_available``; True if it was answered until now."""
    return await connection.fetchrow(_SQL["withdraw"], *key.columns) is not None


async def set_instant(connection: asyncpg.Connection, lease: Lease, instant: datetime) -> bool:
    """Move the accept instant of a running attempt to ``instant``; False if the lease is gone."""
    return await connection.fetchrow(_SQL["new_instant"], *lease.key.columns, lease.token, instant) is not None


def _lease(key: RequestKey, row: asyncpg.Record | None) -> Lease | None:
    return None if row is None else Lease(key, row["lease_token"], row["accepted_at"], row["deadline_at"])
