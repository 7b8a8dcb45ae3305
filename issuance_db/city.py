"""What a city has set: mayor and seal by date, fees by channel and date, hours, stops, and who may ask."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

import asyncpg

from civil.calendar import JST
from civil.sql import load

_SQL: Final = load("issuance_db", "city.sql")


@dataclass(frozen=True, slots=True)
class CitySettings:
    """The city on one JST date, for one kind and channel. None where nothing is valid on that day."""

    name: str
    my_number_allowed: bool
    minimum_age: int
    mayor_title: str | None
    mayor_name: str | None
    seal_image: bytes | None
    seal_valid_from: date | None
    seal_valid_until: date | None
    fee_yen: int | None
    marker: str


@dataclass(frozen=True, slots=True)
class CallerRow:
    """Who holds a client certificate in one city."""

    caller_id: str
    channel: str
    kinds: frozenset[str]


async def city_on(
    connection: asyncpg.Connection, municipality_code: str, kind: str, channel: str, on: date
) -> CitySettings | None:
    """Settings that hold on this JST date, or None for a city that is not ours."""
    row = await connection.fetchrow(_SQL["city_on"], municipality_code, kind, channel, on)
    return None if row is None else CitySettings(**dict(row.items()))


async def is_retired(connection: asyncpg.Connection, municipality_code: str, kind: str, on: date) -> bool:
    """Whether the city issues a kind no more on this JST date."""
    retired: bool = await connection.fetchval(_SQL["is_retired"], municipality_code, kind, on)
    return retired


async def is_stopped(
    connection: asyncpg.Connection, municipality_code: str, kind: str, instant: datetime, now: datetime
) -> bool:
    """Whether a planned stop covers ``instant``, or another stop covers ``now`` (both UTC)."""
    stopped: bool = await connection.fetchval(_SQL["is_stopped"], municipality_code, kind, instant, now)
    return stopped


async def closing_time(
    connection: asyncpg.Connection, municipality_code: str, kind: str, instant: datetime, now: datetime
) -> datetime | None:
    """When the service that is open at ``instant`` closes (aware, JST), or None while it is closed or stopped."""
    if await is_stopped(connection, municipality_code, kind, instant, now):
        return None
    local = instant.astimezone(JST)
    after_midnight: timedelta | None = await connection.fetchval(
        _SQL["hours_on"], municipality_code, kind, local.isoweekday(), local.time().replace(tzinfo=None)
    )
    midnight = datetime.combine(local.date(), time(), JST)
    return None if after_midnight is None else midnight + after_midnight


async def caller(connection: asyncpg.Connection, municipality_code: str, certificate_sha256: bytes) -> CallerRow | None:
    """The caller with this client certificate, or None if it does not cover the city."""
    row = await connection.fetchrow(_SQL["caller"], municipality_code, certificate_sha256)
    return None if row is None else CallerRow(row["caller_id"], row["channel"], frozenset(row["kinds"]))
