"""What a city has set: mayor and seal by date, fees by channel and date, hours, stops, and who may ask."""

from dataclasses import dataclass
from datetime import date, datetime, time
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
class Standing:
    """What stands against a kind: its last JST day is over; a planned stop covers the instant of acceptance, or another
    covers now. ``closes_at`` (aware, JST) is when the service closes that is open at the instant, None where none is."""

    is_retired: bool
    is_stopped: bool
    closes_at: datetime | None


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


async def standing(
    connection: asyncpg.Connection, municipality_code: str, kind: str, instant: datetime, now: datetime
) -> Standing:
    """How a kind stands that was accepted at ``instant``, looked at ``now`` (both UTC): one statement, so one moment."""
    local = instant.astimezone(JST)
    time_of_day = local.time().replace(tzinfo=None)
    row = await connection.fetchrow(
        _SQL["standing"], municipality_code, kind, local.date(), instant, now, local.isoweekday(), time_of_day
    )
    if row is None:
        message = "a SELECT without FROM has one row"
        raise LookupError(message)
    midnight = datetime.combine(local.date(), time(), JST)
    closes_at = None if row["closes_after"] is None else midnight + row["closes_after"]
    return Standing(is_retired=row["is_retired"], is_stopped=row["is_stopped"], closes_at=closes_at)


async def caller(connection: asyncpg.Connection, municipality_code: str, certificate_sha256: bytes) -> CallerRow | None:
    """The caller with this client certificate, or None if it does not cover the city."""
    row = await connection.fetchrow(_SQL["caller"], municipality_code, certificate_sha256)
    return None if row is None else CallerRow(row["caller_id"], row["channel"], frozenset(row["kinds"]))
