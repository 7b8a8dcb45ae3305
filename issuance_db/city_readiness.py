"""What a city lacks today for issuing certificates, whoever asks."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import asyncpg

from civil.sql import load

_SQL: Final = load("issuance_db", "city_readiness.sql")


@dataclass(frozen=True, slots=True)
class CityReadiness:
    """What a city has on one JST date. The lists name kind and channel: all its callers may ask for, and what lacks what."""

    is_registered: bool
    has_mayor: bool
    seal_image: bytes | None
    asked_for: tuple[str, ...]
    without_fee: tuple[str, ...]
    without_hours: tuple[str, ...]


async def city_readiness(connection: asyncpg.Connection, municipality_code: str, on: date) -> CityReadiness:
    """Look at one city (市町村コード) on a JST date, in a read-only transaction of its own."""
    async with connection.transaction(readonly=True):
        await connection.execute("SELECT set_config('kiosk.municipality', $1, true)", municipality_code)
        [row] = await connection.fetch(_SQL["lacks"], municipality_code, on)
    lists = {name: tuple(row[name]) for name in ("asked_for", "without_fee", "without_hours")}
    return CityReadiness(row["is_registered"], row["has_mayor"], row["seal_image"], **lists)
