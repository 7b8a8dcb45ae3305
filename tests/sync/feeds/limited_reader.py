"""A process that takes a file with little more memory than it has when it begins."""

import asyncio
import re
import resource
import sys
from datetime import timedelta
from pathlib import Path

import asyncpg

from sync.feeds import apply_file
from tests.sync.feeds.tables import example
from tests.sync.registry_rows import CITY
from tests.sync.seal_source import BEGINS

MORE_BYTES = 10 * 2**20


async def take(dsn: str, path: Path) -> None:
    """Print how many records were taken."""
    connection = await asyncpg.connect(dsn)
    table = example("disaster")
    limit_memory()
    with path.open("rb") as stream:
        receipt = await apply_file(connection, CITY, stream, BEGINS + timedelta(days=30), table)
    sys.stdout.write(f"{receipt.result} {receipt.records}\n")


def limit_memory() -> None:
    """No more than MORE_BYTES beyond what is there now (RLIMIT_DATA counts what a process allocates)."""
    found = re.search(r"^VmData:\s+(\d+) kB$", Path("/proc/self/status").read_text(encoding="ascii"), re.MULTILINE)
    if found is None:
        message = "/proc/self/status has no VmData"
        raise RuntimeError(message)
    most = int(found.group(1)) * 1024 + MORE_BYTES
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))


if __name__ == "__main__":
    asyncio.run(take(sys.argv[1], Path(sys.argv[2])))
