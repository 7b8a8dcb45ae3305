"""Files of other registers: a full file of every seal, one of which little changed, and a difference, to the commit that makes them visible."""

import asyncio
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import asyncpg

from kiosk_server.embedded.postgres import EmbeddedPostgres
from sync.feeds import Receipt, apply_file
from tests.bench.figures import Table
from tests.servers import MigratedCluster, migrated_cluster
from tests.sync.feeds.rows import seal_row
from tests.sync.feeds.tables import example
from tests.sync.feeds.written import file
from tests.sync.registry_rows import CITY

_ROWS: Final = 150_000
_QUICK: Final = 15_000
_CHANGED: Final = 1_000
_FULL_SECONDS: Final = 30
_DIFFERENCE_SECONDS: Final = 1
_FULL: Final = "1"
_DIFFERENCE: Final = "2"
_NOW: Final = datetime(2026, 11, 30, tzinfo=UTC)


def measure(quick: bool) -> list[Table]:  # noqa: FBT001 - one switch of the command line
    """One table: seconds of each file, those of this process's processor, and how many records of ours changed."""
    rows_of_city = _QUICK if quick else _ROWS
    with tempfile.TemporaryDirectory(prefix="kiosk-bench-") as directory:
        server = EmbeddedPostgres(Path(directory) / "postgres")
        server.start()
        try:
            rows = asyncio.run(_measure(migrated_cluster(server.address), Path(directory) / "file", rows_of_city))
        finally:
            server.stop()
    notes = ("CSV in CP932, read by its layout table; PostgreSQL on the same cores.",)
    columns = ("file", "seconds", "target", "of them our processor", "changed")
    return [Table(f"feeds: {rows_of_city:,} seals", columns, rows, notes, rows)]


@dataclass(slots=True)
class _Source:
    """Writes one file after the other, and has each taken."""

    connection: asyncpg.Connection
    path: Path
    number: int = -1

    async def timed(self, name: str, target: int, kind: str, rows: Iterable[Mapping[str, str]]) -> tuple[str, ...]:
        self.number += 1
        head = {
            "layout": kind,
            "municipality_code": CITY,
            "file_number": str(self.number),
            "as_of": f"202611{20 + self.number}000000",
        }
        self.path.write_bytes(file(example("seal"), head, list(rows)))
        wall, processor = time.perf_counter(), time.process_time()
        receipt = await self._take()
        seconds = f"{time.perf_counter() - wall:.2f}"
        return (name, seconds, f"<= {target}", f"{time.process_time() - processor:.2f}", f"{receipt.changed:,}")

    async def _take(self) -> Receipt:
        with self.path.open("rb") as stream:
            return await apply_file(self.connection, CITY, stream, _NOW, example("seal"))


async def _measure(cluster: MigratedCluster, path: Path, count: int) -> list[tuple[str, ...]]:
    async with cluster.database() as database:
        source = _Source(await database.connect("sync"), path)
        changed = range(_CHANGED)
        return [
            await source.timed("full, the first", _FULL_SECONDS, _FULL, map(_seal, range(count))),
            await source.timed(
                f"full, {_CHANGED:,} changed",
                _FULL_SECONDS,
                _FULL,
                (_seal(place, place in changed) for place in range(count)),
            ),
            await source.timed(
                f"difference of {_CHANGED:,}", _DIFFERENCE_SECONDS, _DIFFERENCE, (_change(place) for place in changed)
            ),
        ]


def _seal(place: int, is_changed: bool = False) -> Mapping[str, str]:  # noqa: FBT001, FBT002 - a row of a table
    number = f"{place:010}"
    other = {"name": "足利　花子"} if is_changed else {}
    return seal_row("1", person_number=number, registration_number=f"A-{place}", **other)


def _change(place: int) -> Mapping[str, str]:
    return {**_seal(place), "action": "2", "name": "佐野　花子"}
