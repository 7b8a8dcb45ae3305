"""What the processes hold: memory, file descriptors, connections."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import asyncpg
import psutil

from tests.system.installation import Installation

_CONNECTIONS: Final = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
_MOST_MORE_MEMORY: Final = 0.3
_MOST_MORE_BYTES: Final = 48 * 2**20
_MOST_MORE_DESCRIPTORS: Final = 32
_MOST_MORE_CONNECTIONS: Final = 16


@dataclass(frozen=True, slots=True)
class Footprint:
    """Of a process with its children: resident bytes, descriptors, TCP connections."""

    label: str
    rss: int
    descriptors: int
    connections: int


@dataclass(frozen=True, slots=True)
class Footprints:
    """Of each part, and the connections that PostgreSQL has open."""

    parts: tuple[Footprint, ...]
    database_connections: int


async def footprints(installation: Installation, books: asyncpg.Connection) -> Footprints:
    """Measured now; best where nothing is under way."""
    parts = tuple(_footprint(part.label, part.pid) for part in installation.parts)
    return Footprints(parts, await books.fetchval(_CONNECTIONS))


def growth(begin: Footprints, end: Footprints, steady: str) -> list[str]:
    """What grew beyond its bound: of the part `steady`, which ran all the time, and of the database's connections.

    Bounds: memory by 30 percent and 48 MiB, descriptors by 32, connections by 16.
    """
    before = next(part for part in begin.parts if part.label == steady)
    after = next(part for part in end.parts if part.label == steady)
    told = []
    if after.rss > before.rss * (1 + _MOST_MORE_MEMORY) + _MOST_MORE_BYTES:
        told.append(f"memory of {steady} grew from {before.rss >> 20} to {after.rss >> 20} MiB")
    if after.descriptors > before.descriptors + _MOST_MORE_DESCRIPTORS:
        told.append(f"descriptors of {steady} grew from {before.descriptors} to {after.descriptors}")
    if end.database_connections > begin.database_connections + _MOST_MORE_CONNECTIONS:
        told.append(f"connections grew from {begin.database_connections} to {end.database_connections}")
    return told


def _footprint(label: str, pid: int) -> Footprint:
    rss = descriptors = connections = 0
    for process in _family(pid):
        with suppress(psutil.NoSuchProcess):
            rss += process.memory_info().rss
            descriptors += process.num_fds()
            connections += len(process.net_connections(kind="tcp"))
    return Footprint(label, rss, descriptors, connections)


def _family(pid: int) -> Iterator[psutil.Process]:
    process = psutil.Process(pid)
    yield process
    yield from process.children(recursive=True)
