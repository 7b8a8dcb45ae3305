"""A way to PostgreSQL that falls silent: whatever is sent from then on is swallowed, and nothing is closed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

_CHUNK: Final = 65_536


@dataclass(slots=True)
class SilentLine:
    """Passes everything on until `is_silent` is set."""

    host: str
    port: int
    is_silent: bool = False
    _writers: list[asyncio.StreamWriter] = field(default_factory=list)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[int]:
        """Accept connections meanwhile; gives the port."""
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            for writer in self._writers:
                writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection(self.host, self.port)
        self._writers += [writer, to_server]
        await asyncio.gather(
            self._pass_on(reader, to_server), self._pass_on(from_server, writer), return_exceptions=True
        )

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(_CHUNK):
            if not self.is_silent:
                writer.write(data)
        if not self.is_silent:
            writer.close()
