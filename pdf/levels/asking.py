"""Asking authorities over HTTP: connections that are kept, a time limit, a size limit, and a pause after failures.

OCSP responses, CRLs and time-stamps are signed, so plain HTTP is what certificates name (RFC 5280, 4.2.1.13 and 4.2.2.1).
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, Self

import aiohttp

from pdf.levels.errors import AuthorityPaused, AuthorityUnreachable, ValidationDataTooLarge

_OK: Final = 200
_CHUNK: Final = 16_384
_NOT_REACHED: Final = (aiohttp.ClientError, TimeoutError, OSError)


@dataclass(frozen=True, slots=True)
class AskingLimits:
    """How long an authority may take, and when it is left alone."""

    seconds: float = 3
    """For one question, connecting included."""
    failures: int = 3
    """So many in a row, and the authority is not asked for `pause_seconds`."""
    pause_seconds: float = 30
    answer_bytes: int = 1_048_576
    """Of one answer; a CRL goes into every certificate."""


class Breaker:
    """Counts the failures of one authority in a row; after the pause one question goes through, and decides."""

    def __init__(self, limits: AskingLimits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._failures = 0
        self._open_until = 0.0

    def enter(self) -> None:
        """Raises AuthorityPaused while the authority is left alone."""
        now = self._clock()
        if self._failures >= self._limits.failures:
            if now < self._open_until:
                raise AuthorityPaused
            self._open_until = now + self._limits.pause_seconds

    def failed(self) -> None:
        """One more failure."""
        self._failures += 1
        self._open_until = self._clock() + self._limits.pause_seconds

    def answered(self) -> None:
        """It answers, well or not."""
        self._failures = 0


class Asking:
    """The HTTP client for all authorities of a process; `async with` keeps its connections."""

    def __init__(self, limits: AskingLimits | None = None) -> None:
        self.limits = limits or AskingLimits()
        self._breakers: dict[str, Breaker] = {}
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Begin to keep connections."""
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=self.limits.seconds),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close them."""
        if self._session is not None:
            await self._session.close()

    async def post(self, url: str, question: bytes, content_type: str) -> bytes:
        """The body of the answer. Raises AuthorityUnreachable, AuthorityPaused, or ValidationDataTooLarge."""
        return await self._ask("POST", url, question, content_type)

    async def get(self, url: str) -> bytes:
        """As `post`."""
        return await self._ask("GET", url, None, None)

    async def _ask(
        self, method: Literal["GET", "POST"], url: str, question: bytes | None, content_type: str | None
    ) -> bytes:
        if self._session is None:
            message = "enter it first: async with Asking()"
            raise RuntimeError(message)
        breaker = self._breakers.setdefault(url, Breaker(self.limits))
        breaker.enter()
        headers = None if content_type is None else {"Content-Type": content_type}
        try:
            async with self._session.request(
                method, url, data=question, headers=headers, allow_redirects=False
            ) as response:
                body = await self._body(response) if response.status == _OK else None
        except _NOT_REACHED as failure:
            breaker.failed()
            raise AuthorityUnreachable from failure
        except asyncio.CancelledError:
            # The request's deadline passed while waiting: that is late too.
            breaker.failed()
            raise
        if body is None:
            breaker.failed()
            raise AuthorityUnreachable
        breaker.answered()
        return body

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        body = bytearray()
        async for chunk in response.content.iter_chunked(_CHUNK):
            body += chunk
            if len(body) > self.limits.answer_bytes:
                raise ValidationDataTooLarge
        return bytes(body)
