"""A registry, a projection, and what F6 holds, seen by an administrator."""

from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from sync import Projection
from tests.servers import Database
from tests.sync.registry_rows import CITY, Registry, registry

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)

_F6 = """
    SELECT r.*, e.furigana, e.former_surname, e.former_surname_furigana, e.alias_furigana, e.address_before_move,
        k.household_number, k.member_order, k.is_head, k.planned_move_out_on, k.person_sequence, k.household_sequence,
        array(SELECT p.source FROM issuance.suppression AS p WHERE p.person_number = r.person_number ORDER BY 1) AS suppressed_by
    FROM issuance.resident_record AS r
    JOIN issuance.resident_record_extension AS e USING (municipality_code, person_number)
    JOIN issuance.resident_key AS k USING (municipality_code, person_number)
    WHERE r.municipality_code = $1
"""


@pytest.fixture
async def admin(database: Database) -> asyncpg.Connection:
    return await database.connect()


@pytest.fixture
async def city_registry(database: Database) -> Registry:
    return await registry(database)


@pytest.fixture
def projection(database: Database) -> Projection:
    return Projection(database.dsn("sync"), [CITY], lambda: NOW)


class IssuanceRecords:
    """F6 of one city, by 宛名番号."""

    def __init__(self, connection: asyncpg.Connection, city: str = CITY) -> None:
        self._connection = connection
        self._city = city

    async def read(self) -> dict[str, dict[str, Any]]:
        rows = await self._connection.fetch(_F6, self._city)
        return {row["person_number"]: dict(row) for row in rows}


@pytest.fixture
def f6(admin: asyncpg.Connection) -> IssuanceRecords:
    return IssuanceRecords(admin)
