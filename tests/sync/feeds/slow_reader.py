"""A process that takes a file, says how far it is, and stands still after some batches: to be killed."""

import asyncio
import sys
import time
from datetime import timedelta
from pathlib import Path

import asyncpg

from sync.feeds import apply_file, receiving, staging
from tests.sync.feeds.tables import example
from tests.sync.registry_rows import CITY
from tests.sync.seal_source import BEGINS

STANDS_STILL_AT = 4
SECONDS = 600.0


async def take(dsn: str, path: Path, large: int) -> None:
    """Read two records at a time; a file of so many bytes is a large one."""
    vars(staging).update(RESUMED_FROM=large)
    vars(receiving).update(BATCH=2)
    connection = await asyncpg.connect(dsn)
    with path.open("rb") as stream:
        later = BEGINS + timedelta(days=30)
        await apply_file(connection, CITY, stream, later, example("disaster"), say)


def say(records: int) -> None:
    """How many were read."""
    sys.stdout.write(f"{records}\n")
    sys.stdout.flush()
    if records == STANDS_STILL_AT:
        time.sleep(SECONDS)


if __name__ == "__main__":
    asyncio.run(take(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
