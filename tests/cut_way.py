"""A way to PostgreSQL that a test cuts where it likes: each message of ours is looked at before it goes on."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

_CHUNK: Final = 65_536


@dataclass(frozen=True, slots=True)
class Link:
    """One connection of ours to the server, with the task that passes its answers on."""

    from_server: asyncio.StreamReader
    to_server: asyncio.StreamWriter
    answers: "asyncio.Task[None]"

    async def answered_to_nobody(self, message: bytes) -> None:
        """Send it, and take the beginning of its answer, which nobody else gets to read."""
        self.answers.cancel()
        # Two cannot wait for one stream.
        await asyncio.wait([self.answers])
        self.to_server.write(message)
        await self.from_server.read(1)


@dataclass(slots=True)
class CutWay(ABC):
    """Passes on what comes from both sides, until a message of ours is one to be cut at: then both sides of its connection are closed."""

    host: str
    port: int
    _tasks: set[asyncio.Task[None]] = field(default_factory=set, init=False)

    @abstractmethod
    async def cuts(self, message: bytes, link: Link) -> bool:
        """Whether the connection ends here; whatever of the message is to be sent then has been."""

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
        try:
            # Whichever side is gone, or takes nobody: so is the other.
            with suppress(OSError):
                await self._pass(reader, writer)
        finally:
            writer.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection(self.host, self.port)
        link = Link(from_server, to_server, asyncio.create_task(_pass_on(from_server, writer)))
        try:
            while (message := await reader.read(_CHUNK)) and not await self.cuts(message, link):
                to_server.write(message)
        finally:
            link.answers.cancel()
            to_server.transport.abort()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(_CHUNK):
            writer.write(data)
    writer.close()
