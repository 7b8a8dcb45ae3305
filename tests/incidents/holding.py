"""Making a step take too long from outside: locks in PostgreSQL, and a proxy between client and service."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from cardauth import UserCertificate, UserCertificateKey, credential_index
from tests.system.installation import Installation
from tests.system.running import CITY

_PERSON = "SELECT shared.lock_for_write($1, ARRAY[$2], '{}')"
_TRIES = "SELECT failures FROM issuance.pin_tries WHERE credential_hash = $1 FOR UPDATE"
_REQUEST = "SELECT state FROM issuance.request WHERE request_id = $1 AND call = 'issuances' FOR NO KEY UPDATE"


@asynccontextmanager
async def held(installation: Installation, statement: str, *values: object) -> AsyncIterator[None]:
    """What the statement locks stays locked inside the block; nothing is changed."""
    connection = await installation.administrator()
    try:
        async with connection.transaction():
            await connection.fetch(statement, *values)
            yield
    finally:
        await connection.close()


@asynccontextmanager
async def person_held(installation: Installation, person_number: str) -> AsyncIterator[None]:
    """As if somebody were writing about this person: the permit waits."""
    async with held(installation, _PERSON, CITY, person_number):
        yield


@asynccontextmanager
async def tries_held(installation: Installation, card: object) -> AsyncIterator[None]:
    """The card's counter is held, which must be there already: authentication waits."""
    assert isinstance(card, UserCertificate)
    key = UserCertificateKey(card.issuer_key_id, card.serial)
    async with held(installation, _TRIES, credential_index(installation.keys, CITY, key).entered):
        yield


@asynccontextmanager
async def request_held(installation: Installation, request_id: str) -> AsyncIterator[None]:
    """The accepted request's row is held: recording waits."""
    async with held(installation, _REQUEST, request_id):
        yield


@dataclass(slots=True)
class Proxy:
    """Passes what the client sends; what the service answers waits for `open`."""

    url: str = ""
    open: asyncio.Event = field(default_factory=asyncio.Event)
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    """Something was answered that has not been passed on."""
    _writers: list[asyncio.StreamWriter] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self, target: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        parts = urlsplit(target)
        from_service, to_service = await asyncio.open_connection(parts.hostname, parts.port)
        self._writers += [writer, to_service]
        upward = asyncio.create_task(self._pass(reader, to_service, None))
        downward = asyncio.create_task(self._pass(from_service, writer, self.open))
        self._tasks |= {upward, downward}

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, gate: asyncio.Event | None
    ) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65_536):
                if gate is not None and not gate.is_set():
                    self.answered.set()
                    await gate.wait()
                writer.write(data)
                await writer.drain()
        writer.close()

    async def close(self) -> None:
        """Cut everything."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for writer in self._writers:
            writer.close()


@asynccontextmanager
async def proxy(target: str) -> AsyncIterator[Proxy]:
    """A proxy before the service at `target`, open at first so that a TLS connection can be made."""
    made = Proxy()
    made.open.set()
    server = await asyncio.start_server(lambda reader, writer: made.serve(target, reader, writer), "127.0.0.1", 0)
    made.url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        server.close()
        await made.close()
