"""A way to PostgreSQL on which strikes fall: before a message is sent, while it is on its way, or when its answer has come and nobody reads it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from random import Random
from typing import Final

from kiosk_server.embedded.postgres import PostgresAddress

_CHUNK: Final = 65_536
_ON_ITS_WAY: Final = 0.003
"""Seconds at most: about as long as the statements of an event take."""
_ANSWERED: Final = 0.5


@dataclass(slots=True)
class StruckWay:
    """At a message drawn from `rng`, one in `every`, `strike` is called and the connection is cut on both sides."""

    address: PostgresAddress
    rng: Random
    every: int
    strike: Callable[[], Awaitable[None]]
    _left: int = 0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[int]:
        """Accept connections meanwhile; gives the port."""
        self._draw()
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            for task in tuple(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _draw(self) -> None:
        self._left = self.rng.randrange(1, 2 * self.every)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        with suppress(OSError):
            from_server, to_server = await asyncio.open_connection(self.address.host, self.address.port)
            answers = asyncio.create_task(_pass_on(from_server, writer))
            try:
                await self._pass(reader, to_server, from_server, answers)
            finally:
                answers.cancel()
                to_server.transport.abort()
        writer.transport.abort()

    async def _pass(
        self,
        reader: asyncio.StreamReader,
        to_server: asyncio.StreamWriter,
        from_server: asyncio.StreamReader,
        answers: "asyncio.Task[None]",
    ) -> None:
        while data := await reader.read(_CHUNK):
            self._left -= 1
            if self._left > 0:
                to_server.write(data)
                continue
            self._draw()
            moment = self.rng.choice(("before", "on its way", "after"))
            if moment != "before":
                if moment == "after":
                    answers.cancel()
                    await asyncio.wait([answers])
                to_server.write(data)
                # Part of a long message has no answer.
                with suppress(TimeoutError):
                    async with asyncio.timeout(
                        self.rng.random() * _ON_ITS_WAY if moment == "on its way" else _ANSWERED
                    ):
                        await (from_server.read(1) if moment == "after" else asyncio.sleep(1))
            await self.strike()
            return


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(_CHUNK):
            writer.write(data)
    writer.close()
