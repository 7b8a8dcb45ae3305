"""Processor time and memory of this process and of a database."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from tests.servers import Database

_MIB = 1024


@dataclass(frozen=True, slots=True)
class Spent:
    """CPU seconds of this process and of the database, and seconds of the clock."""

    program: float
    database: float
    elapsed: float

    def __sub__(self, other: "Spent") -> "Spent":
        """What was spent between two readings."""
        return Spent(self.program - other.program, self.database - other.database, self.elapsed - other.elapsed)

    @property
    def both(self) -> float:
        """CPU seconds together."""
        return self.program + self.database


async def postmaster_of(database: Database) -> int:
    """The process that all processes of the database are children of."""
    admin: asyncpg.Connection = await database.connect()
    backend = await admin.fetchval("SELECT pg_backend_pid()")
    return int(_stat(backend)[1])


def spent(postmaster: int) -> Spent:
    """The CPU of this process and of every process of the database that lives, and the clock."""
    ticks = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = _stat(entry.name)
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(stat[1]) == postmaster or int(entry.name) == postmaster:
                # The postmaster's own third and fourth figure are of children that have ended.
                ticks += sum(int(value) for value in stat[11 : 15 if int(entry.name) == postmaster else 13])
    return Spent(time.process_time(), ticks / os.sysconf("SC_CLK_TCK"), time.perf_counter())


def forget_peak(process: int) -> float:
    """Begin anew to note the most memory of a process; returns what it has now, in MiB."""
    Path(f"/proc/{process}/clear_refs").write_text("5")
    return peak(process)


def peak(process: int) -> float:
    """The most memory that a process had since, in MiB; of a database's what it shares with others is in it."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / _MIB


def _stat(process: int | str) -> list[str]:
    return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
