"""What a city has set: mayor and seal by date, fees by channel and date, hours, stops, and who may ask."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

import asyncpg

from civil.calendar import JST
from civil.sql import load
from issuance_db.requests import Terminal
from issuance_db.sources import SourceAge, age_in

_SQL: Final = load("issuance_db", "city.sql")


@dataclass(frozen=True, slots=True)
class CitySettings:
    """The city on one JST date, for one kind and channel. None where nothing is valid on that day.

    ``residents``: how old they are where they come in files; None where they are our own registry's.
    """

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
    residents: SourceAge | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands against a kind: its last JST day is over; a planned stop of the service covers the instant of acceptance, or
    another covers now; a stop covers somebody it shows. ``closes_at`` (aware, JST) is when the service closes that is open at the
    instant, None where none is. ``residents`` as in the settings."""

    is_retired: bool
    is_stopped: bool
    stopped_person: str | None
    closes_at: datetime | None
    residents: SourceAge | None = None


@dataclass(frozen=True, slots=True)
class Concerned:
    """What a stop may be of: the kind, where the resident stands, and whom (宛名番号) the certificate shows, who asks among them."""

    kind: str
    terminal: Terminal
    person_numbers: frozenset[str]


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
    if row is None:
        return None
    settings = {name: row[name] for name in CitySettings.__dataclass_fields__ if name != "residents"}
    return CitySettings(**settings, residents=age_in(row, "residents_"))


async def standing(
    connection: asyncpg.Connection, municipality_code: str, concerned: Concerned, instant: datetime, now: datetime
) -> Standing:
    """How that stands which was accepted at ``instant``, looked at ``now`` (both UTC): one statement, so one moment."""
    local = instant.astimezone(JST)
    row = await connection.fetchrow(
        _SQL["standing"],
        municipality_code,
        concerned.kind,
        local.date(),
        instant,
        now,
        local.time().replace(tzinfo=None),
        sorted(concerned.person_numbers),
        concerned.terminal.operator,
        concerned.terminal.store,
        concerned.terminal.terminal,
    )
    if row is None:
        message = "a SELECT of aggregates has one row"
        raise LookupError(message)
    midnight = datetime.combine(local.date(), time(), JST)
    closes_at = None if row["closes_after"] is None else midnight + row["closes_after"]
    return Standing(row["is_retired"], row["is_stopped"], row["stopped_person"], closes_at, age_in(row, "residents_"))


async def caller(connection: asyncpg.Connection, municipality_code: str, certificate_sha256: bytes) -> CallerRow | None:
    """The caller with this client certificate, or None if it does not cover the city."""
    row = await connection.fetchrow(_SQL["caller"], municipality_code, certificate_sha256)
    return None if row is None else CallerRow(row["caller_id"], row["channel"], frozenset(row["kinds"]))
