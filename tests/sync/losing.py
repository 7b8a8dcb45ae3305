"""Sets what F6 says of a person back to what it said before, as if nothing since then had arrived."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

_TABLES = ("resident_record", "resident_record_extension", "resident_key")


@asynccontextmanager
async def lost_for(admin: asyncpg.Connection, person_number: str) -> AsyncIterator[None]:
    """Whatever is projected inside is lost for this person."""
    kept = [
        await admin.fetchval(
            f"SELECT to_json(t)::text FROM issuance.{table} AS t WHERE person_number = $1", person_number
        )
        for table in _TABLES
    ]
    yield
    async with admin.transaction():
        await admin.execute("DELETE FROM issuance.resident_record WHERE person_number = $1", person_number)
        for table, row in zip(_TABLES, kept, strict=True):
            await admin.execute(
                f"INSERT INTO issuance.{table} SELECT * FROM json_populate_record(NULL::issuance.{table}, $1::json)",
                row,
            )
