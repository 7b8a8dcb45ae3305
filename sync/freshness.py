"""How far the projection is behind the registry."""

from dataclasses import dataclass
from typing import Final

import asyncpg

from civil.sql import load
from sync.errors import CityNotSet

_SQL: Final = load("sync", "freshness.sql")


@dataclass(frozen=True, slots=True)
class Lag:
    """Sequences committed in the registry and not yet in F6, and the age of the oldest, in seconds."""

    sequences: int
    seconds: float


async def lag(connection: asyncpg.Connection) -> Lag:
    """Measure the city of this transaction (`kiosk.municipality`), as `sync`. Raises CityNotSet without one.

    A person whom the projection has set aside is not counted: staff see that in issuance.person_held_back.
    """
    row = await connection.fetchrow(_SQL["lag"])
    if row is None or row["municipality_code"] is None:
        raise CityNotSet
    return Lag(row["sequences"], row["seconds"])
