"""A line between a centre and a process of ours that can be cut at a moment of one's choice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_CHUNK = 65536


@dataclass(slots=True)
class Line:
    """Bytes go both ways until somebody holds a direction: then what comes is swallowed, and counted."""

    url: str = ""
    holds_answers: bool = False
    holds_requests: bool = False
    swallowed: int = 0
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut(self) -> None:
        """Break every connection at once, without a farewell."""
        for writer in self._open:
            writer.transport.abort()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, to_us: bool) -> None:
        """One direction, until either end closes."""
        self._open.add(writer)
        try:
            while content := await reader.read(_CHUNK):
                if self.holds_requests if to_us else self.holds_answers:
                    self.swallowed += len(content)
                else:
                    writer.write(content)
                    await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()


@asynccontextmanager
async def line_to(url: str) -> AsyncIterator[Line]:
    """A line to the process that listens at `url`; `Line.url` is where a centre calls."""
    target = urlsplit(url)
    line = Line()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(target.hostname, target.port)
        await asyncio.gather(line.carry(reader, far_writer, to_us=True), line.carry(far_reader, writer, to_us=False))

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        line.url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield line
    finally:
        line.cut()
        server.close()
        await server.wait_closed()
