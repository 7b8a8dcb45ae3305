"""A process that takes a file, and waits long after each batch: to be killed."""

import asyncio
import sys
import time
from datetime import timedelta
from pathlib import Path

import asyncpg

from sync.feeds import apply_file, staging
from tests.sync.feeds.tables import example
from tests.sync.registry_rows import CITY
from tests.sync.seal_source import BEGINS

SECONDS = 2.0


async def take(dsn: str, path: Path) -> None:
    """Read two records at a time."""
    # A small file is to be a large one.
    vars(staging).update(RESUMED_FROM=0, BATCH=2)
    connection = await asyncpg.connect(dsn)
    with path.open("rb") as stream:
        later = BEGINS + timedelta(days=30)
        await apply_file(connection, CITY, stream, later, example("disaster"), lambda _records: time.sleep(SECONDS))


if __name__ == "__main__":
    asyncio.run(take(sys.argv[1], Path(sys.argv[2])))
