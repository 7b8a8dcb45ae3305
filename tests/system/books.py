"""What stands in the database of a running service, in numbers of rows."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from tests.system.running import Service

_TABLES = """
SELECT t.schemaname || '.' || t.tablename
FROM pg_catalog.pg_tables AS t
WHERE t.schemaname IN ('issuance', 'history')
    -- What the batcher and the witness make of history afterwards is no new fact.
    AND t.tablename NOT IN ('leaf', 'node', 'checkpoint', 'cosignature')
    AND has_column_privilege(quote_ident(t.schemaname) || '.' || quote_ident(t.tablename), 'municipality_code', 'SELECT')
ORDER BY 1
"""


@asynccontextmanager
async def written(service: Service) -> AsyncIterator[Counter[str]]:
    """How many rows each table of issuance and history gained inside the block, once it has ended; nothing was lost."""
    gained: Counter[str] = Counter()
    connection = await asyncpg.connect(service.database_url)
    try:
        before = await _rows(connection)
        yield gained
        after = await _rows(connection)
    finally:
        await connection.close()
    assert all(after[table] >= before[table] for table in before)
    gained.update(after - before)


async def _rows(connection: asyncpg.Connection) -> Counter[str]:
    tables = [row[0] for row in await connection.fetch(_TABLES)]
    assert "history.issuance" in tables
    assert "issuance.intent" in tables
    return Counter(
        {table: await connection.fetchval(f"SELECT count(municipality_code) FROM {table}") for table in tables}
    )
