"""Memory does not grow with a file: one larger than the memory that is left is taken."""

import asyncio
import hashlib
import subprocess
import sys
from pathlib import Path

from tests.servers import Database
from tests.sync.feeds.limited_reader import MORE_BYTES
from tests.sync.feeds.rows import disaster_row
from tests.sync.feeds.tables import example
from tests.sync.feeds.written import BOMS, codec, line
from tests.sync.registry_rows import CITY

MOST_SECONDS = 300
RECORDS = 60_000
HEAD = {"layout": "全件", "municipality_code": CITY, "file_number": "1", "as_of": "20261124000000"}


def write(path: Path, records: int) -> None:
    """A full file of that many persons, each with one damage."""
    table = example("disaster")
    number = "0000000".encode(codec(table))
    one = line(table, table.records[0][1], disaster_row("0000000", person_number="0000000"))
    rows = b"".join(one.replace(number, str(place).zfill(7).encode(codec(table))) for place in range(records))
    body = BOMS[table.encoding] + line(table, table.header, HEAD) + rows
    told = {"records": str(records), "sha256": hashlib.sha256(body).hexdigest()}
    path.write_bytes(body + line(table, table.trailer, told))


async def test_a_file_larger_than_the_memory_that_is_left_is_taken(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    write(path, RECORDS)
    assert path.stat().st_size > MORE_BYTES
    arguments = (sys.executable, "-m", "tests.sync.feeds.limited_reader", database.dsn("sync"), str(path))
    child = await asyncio.create_subprocess_exec(*arguments, cwd=Path(__file__).parents[3], stdout=subprocess.PIPE)
    said, _ = await asyncio.wait_for(child.communicate(), MOST_SECONDS)
    assert (child.returncode, said) == (0, f"applied {RECORDS}\n".encode())
