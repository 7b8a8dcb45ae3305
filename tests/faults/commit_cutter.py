"""A way to PostgreSQL that is cut at one COMMIT: before the server hears of it, or after it has committed and before we hear."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, Literal

_COMMIT: Final = b"Q\x00\x00\x00\x0cCOMMIT;\x00"
"""The whole message by which asyncpg ends a transaction (PostgreSQL's protocol, 55.7: Query)."""

_CHUNK: Final = 65_536
Side = Literal["before", "after"]


@dataclass(slots=True)
class CommitCutter:
    """Counts the COMMITs that pass on all connections; at number `cut_at` it closes that connection on both sides."""

    host: str
    port: int
    cut_at: int = 0
    side: Side = "before"
    commits: int = 0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[int]:
        """Accept connections meanwhile; gives the port."""
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            for task in tuple(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        from_server, to_server = await asyncio.open_connection(self.host, self.port)
        answers = asyncio.create_task(_pass_on(from_server, writer))
        try:
            await self._ask(reader, to_server, from_server, answers)
        finally:
            answers.cancel()
            for one in (writer, to_server):
                one.transport.abort()

    async def _ask(
        self,
        reader: asyncio.StreamReader,
        to_server: asyncio.StreamWriter,
        from_server: asyncio.StreamReader,
        answers: "asyncio.Task[None]",
    ) -> None:
        while data := await reader.read(_CHUNK):
            if _COMMIT in data:
                self.commits += 1
                if self.commits == self.cut_at:
                    if self.side == "after":
                        answers.cancel()
                        to_server.write(data)
                        # Its answer means that it has committed; nobody else gets to read it.
                        await from_server.read(_CHUNK)
                    return
            to_server.write(data)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(_CHUNK):
        writer.write(data)
    writer.close()
