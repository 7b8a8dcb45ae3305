"""A desk and a projection in processes of their own, which are killed, as is the database beneath them: `python -m tests.registry.struck_process`.

Its arguments are the role, the URL of the database and the city: `sync` projects, `registry` reads calls from its standard input, each a
pickle behind its length, and answers so on its standard output. Where the database is lost a desk ends with `_LOST`.
"""

import asyncio
import os
import pickle
import signal
import struct
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final
from urllib.parse import urlsplit

import asyncpg

from civil.clock import utc_now
from civil.errors import KioskError
from sync import Projection
from sync.session import TRANSIENT
from tests.registry.desk import Call, Struck
from tests.registry.struck_way import StruckWay
from tests.servers import Database

_ROOT: Final = Path(__file__).parents[2]
_LENGTH: Final = struct.Struct(">I")
_LOST: Final = 3
_BACKENDS: Final = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND usename = $1"
_STRIKES: Final = ("process", "process", "process", "connection", "connection", "server")


@dataclass(slots=True)
class StruckProcess:
    """A process of one role; `strikes` are what fell upon it: itself, its connections, or the server beneath everybody."""

    database: Database
    city: str
    role: str
    rng: Random
    strikes: Counter[str] = field(default_factory=Counter)
    process: Process | None = None
    port: int = 0

    @asynccontextmanager
    async def struck(self, every: int) -> AsyncIterator[None]:
        """Strikes fall meanwhile, at one message to the database in `every`."""
        address = self.database.address
        way = StruckWay(address.host, address.port, self.rng, every, self._strike)
        async with way.listening() as self.port:
            try:
                yield
            finally:
                await self.end()

    async def begin(self) -> Process:
        """A new process, once the database lets anybody in."""
        await _recovered(self.database)
        dsn = self.database.dsn(self.role)
        there = dsn.replace(f":{urlsplit(dsn).port}/", f":{self.port}/")
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.registry.struck_process", self.role, there, self.city,
            cwd=_ROOT, stdin=PIPE, stdout=PIPE,
        )  # fmt: skip
        return self.process

    async def end(self) -> None:
        """Kill it where it lives; it must not have ended by anything but a strike."""
        if self.process is not None:
            self._kill()
            assert await self.process.wait() in {-signal.SIGKILL, _LOST}
            self.process = None

    def _kill(self) -> None:
        # Process.kill() looks first whether it has ended, and then nobody hears how.
        if self.process is not None and self.process.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.process.pid, signal.SIGKILL)

    async def _strike(self) -> None:
        how = self.rng.choice(_STRIKES)
        self.strikes[how] += 1
        if how == "process":
            self._kill()
            return
        admin = await asyncpg.connect(self.database.dsn())
        try:
            for row in await admin.fetch(_BACKENDS, self.role):
                with suppress(ProcessLookupError):
                    # Of a killed backend the server must think the worst: it ends all the others and recovers.
                    os.kill(row["pid"], signal.SIGKILL if how == "server" else signal.SIGTERM)
        finally:
            admin.terminate()


class StruckDesk(StruckProcess):
    """Calls from a process that is killed."""

    async def ask(self, call: Call, *about: Any, **details: Any) -> Any:
        process = self.process or await self.begin()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(_packed((call, about, details)))
            await process.stdin.drain()
            (length,) = _LENGTH.unpack(await process.stdout.readexactly(_LENGTH.size))
            answer = pickle.loads(await process.stdout.readexactly(length))  # noqa: S301 - from the process we began
        except (asyncio.IncompleteReadError, ConnectionError):
            await self.end()
            raise Struck from None
        if isinstance(answer, KioskError):
            raise answer
        return answer


class StruckProjection(StruckProcess):
    """A projection that is begun anew whenever it was killed."""

    @asynccontextmanager
    async def running(self, every: int) -> AsyncIterator[None]:
        async with self.struck(every):
            keeping = asyncio.create_task(self._keep())
            try:
                yield
            finally:
                keeping.cancel()
                with suppress(asyncio.CancelledError):
                    await keeping

    async def _keep(self) -> None:
        while True:
            await (await self.begin()).wait()
            await self.end()


def _packed(what: object) -> bytes:
    content = pickle.dumps(what)
    return _LENGTH.pack(len(content)) + content


async def _recovered(database: Database) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                await (await asyncpg.connect(database.dsn())).close()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await asyncio.sleep(0.05)
            else:
                return


async def _serve(dsn: str, city: str) -> int:
    try:
        connection = await asyncpg.connect(dsn)
        while head := sys.stdin.buffer.read(_LENGTH.size):
            call, about, details = pickle.loads(sys.stdin.buffer.read(*_LENGTH.unpack(head)))  # noqa: S301 - from whoever began us
            sys.stdout.buffer.write(_packed(await _answer(call, connection, city, about, details)))
            sys.stdout.buffer.flush()
    except TRANSIENT:
        return _LOST
    return 0


async def _answer(call: Call, connection: asyncpg.Connection, city: str, about: Any, details: Any) -> Any:
    try:
        return await call(connection, city, *about, **details)
    except KioskError as refused:
        return refused


if __name__ == "__main__":
    role, dsn, city = sys.argv[1:]
    if role == "sync":
        asyncio.run(Projection(dsn, [city], utc_now, poll_seconds=0.1).run())
    sys.exit(asyncio.run(_serve(dsn, city)))
