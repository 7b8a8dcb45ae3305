"""A server environment of its own: a pool, a paper worker, and places at which a request may be paused or the server dies."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Final, Literal

import asyncpg

import pdf
from issuance_db.database import Database
from kiosk_server.issuing.environment import Environment
from kiosk_server.issuing.issuing import Issuing
from kiosk_server.issuing.paper import InspectedPaper, PaperFailed, PaperWorkers
from kiosk_server.issuing.request import Certificate, IssuanceRequest
from tests.issuing.city import CENTRE

Place = Literal["compose", "record"]
STEPS: Final = ("accept", "authenticate", "snapshot", "compose", "permit", "sign", "compare", "record")


class Crashed(BaseException):
    """The server is gone in the middle of its work."""


@dataclass(slots=True)
class Gate:
    """Where a request stands still: after its paper was made (before the permit), or before it is recorded."""

    place: Place
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    opened: asyncio.Event = field(default_factory=asyncio.Event)


_GATE: ContextVar[Gate | None] = ContextVar("gate", default=None)
_CRASH: ContextVar[tuple[str, bool] | None] = ContextVar("crash", default=None)
_STEP: ContextVar[str] = ContextVar("step", default="")


async def _pass(place: Place) -> None:
    gate = _GATE.get()
    if gate is not None and gate.place == place:
        gate.reached.set()
        await gate.opened.wait()


class PausingPaper(PaperWorkers):
    """Paper workers whose work may be held back."""

    async def make(self, sealed: pdf.Sealed) -> InspectedPaper | PaperFailed:
        made = await super().make(sealed)
        await _pass("compose")
        return made


class PausingDatabase(Database):
    """A database whose recording transaction may be held back."""

    @asynccontextmanager
    async def city(self, municipality_code: str, *, timeout: float | None = None) -> AsyncIterator[asyncpg.Connection]:  # noqa: ASYNC109 - as in the one it stands for
        if _STEP.get() == "record":
            await _pass("record")
        async with super().city(municipality_code, timeout=timeout) as connection:
            yield connection

    def die(self) -> None:
        """Drop all connections at once and open no more."""
        self._pool.terminate()


class Server:
    """One environment over connections of its own; begun anew after it died."""

    def __init__(self, dsn: str, base: Environment, paper: PausingPaper) -> None:
        self._dsn = dsn
        self._base = base
        self._paper = paper
        self._stack = AsyncExitStack()

    async def start(self) -> None:
        """Open the connections."""
        self._stack = AsyncExitStack()
        database = await self._stack.enter_async_context(PausingDatabase.open(self._dsn, max_size=5))
        assert isinstance(database, PausingDatabase)
        self._database = database
        environment = replace(self._base, database=self._database, paper=self._paper, step=self._step)
        self._issuing = Issuing(environment)

    async def stop(self) -> None:
        """Close them."""
        await self._stack.aclose()

    async def issue(self, request: IssuanceRequest) -> Certificate:
        """Ask it."""
        return await self._issuing.issue(CENTRE, request)

    async def issue_until(self, place: Place, request: IssuanceRequest) -> tuple[Gate, asyncio.Task[Certificate]]:
        """Ask it, until the request stands still or has its answer."""
        gate = Gate(place)
        token = _GATE.set(gate)
        task = asyncio.create_task(self.issue(request))
        _GATE.reset(token)
        reached = asyncio.create_task(gate.reached.wait())
        await asyncio.wait((task, reached), return_when=asyncio.FIRST_COMPLETED)
        reached.cancel()
        return gate, task

    async def die_at(self, step: str, *, entering: bool, request: IssuanceRequest) -> Certificate | None:
        """Ask it, and let it die there; the answer if it never came there. It is started again."""
        token = _CRASH.set((step, entering))
        try:
            return await self.issue(request)
        except (Crashed, asyncpg.InterfaceError):
            with suppress(asyncpg.InterfaceError):
                await self.stop()
            await self.start()
            return None
        finally:
            _CRASH.reset(token)

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        token = _STEP.set(name)
        try:
            self._die_if((name, True))
            yield
            self._die_if((name, False))
        finally:
            _STEP.reset(token)

    def _die_if(self, here: tuple[str, bool]) -> None:
        if _CRASH.get() == here:
            self._database.die()
            raise Crashed
