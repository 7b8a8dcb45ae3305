"""Asking an installation over mutual TLS, at a process of one's choice, and looking at what comes."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from itertools import count
from types import TracebackType
from typing import Final, Self

from cardauth import UserCertificate
from kiosk_server.issuing.request import IssuanceRequest, ResidentRecordOptions
from kiosk_server.web.client import CentreClient, CentreProblem
from tests.system.installation import Installation
from tests.system.oracle import Delivery
from tests.system.part import Part
from tests.system.running import Sample

_LOOK_AGAIN_SECONDS: Final = 0.02
_PATIENCE_SECONDS: Final = 60.0


class Asking:
    """Use as an async context manager: one client for each address that is asked."""

    def __init__(self, installation: Installation, channel: str = "centre") -> None:
        self.installation = installation
        self._channel = channel
        self._prefix = secrets.token_hex(4)
        self._ids = count(1)
        self._clients: dict[tuple[str, int], CentreClient] = {}
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    def new(self, sample: Sample, options: ResidentRecordOptions | None = None) -> IssuanceRequest:
        """A request of this resident with an id nobody used."""
        request_id = f"{self._prefix}-{next(self._ids)}"
        return sample.request(request_id) if options is None else sample.request(request_id, options)

    async def client(self, centre: Part, tries: int = 1) -> CentreClient:
        """The client for this process, as it runs now."""
        url = centre.centre_url if self._channel == "centre" else centre.terminal_url
        if (url, tries) not in self._clients:
            made = self.installation.client(url, self._channel, tries=tries)
            self._clients[url, tries] = await self._stack.enter_async_context(made)
        return self._clients[url, tries]

    async def issue(
        self, centre: Part, request: IssuanceRequest, *, tries: int = 1, card: UserCertificate | None = None
    ) -> Delivery:
        """One certificate. For a session, `card` says whose. Raises CentreProblem, CentreUnreachable, AnswerBroken."""
        holder = card or request.credential
        assert isinstance(holder, UserCertificate), "whose session is it?"
        client = await self.client(centre, tries)
        return Delivery(request, await client.issue(request), holder)

    async def refused(self, centre: Part, request: IssuanceRequest, *, tries: int = 1) -> CentreProblem:
        """The problem that is the answer; fails when a certificate is."""
        try:
            delivery = await self.issue(centre, request, tries=tries)
        except CentreProblem as problem:
            return problem
        raise AssertionError(f"{delivery.certificate.issuance_number} was issued")


async def until(holds: Callable[[], Awaitable[object]]) -> None:
    """Wait for a condition, within bounds. Fails when it does not come."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while not await holds():  # noqa: ASYNC110 - what is waited for happens in other processes
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
