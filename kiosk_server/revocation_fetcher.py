"""Fetches revocation information over HTTP: small limits, no redirects, no proxies of the environment."""

from types import TracebackType
from typing import Final, Self

import aiohttp
from aiohttp import ClientTimeout, hdrs

from cardauth.trust import FetchFailed

_OCSP_SECONDS: Final = 2.0
_LIST_SECONDS: Final = 60.0
_MOST_ANSWER: Final = 65_536
_MOST_LIST: Final = 256 * 2**20
_OK: Final = 200


class HttpFetcher:
    """`cardauth.trust.Fetcher` over aiohttp; use as an async context manager.

    What is fetched is signed by the authority, so plain HTTP will do: a changed answer is not believed.
    """

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), trust_env=False)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def get(self, url: str) -> bytes:
        """The body of a list, at most 256 MiB within a minute. Raises FetchFailed."""
        return await self._fetch(hdrs.METH_GET, url, None, {}, seconds=_LIST_SECONDS, most=_MOST_LIST)

    async def post(self, url: str, body: bytes, content_type: str) -> bytes:
        """The body of an answer, at most 64 KiB within two seconds. Raises FetchFailed."""
        headers: dict[str, str] = {hdrs.CONTENT_TYPE: content_type}
        return await self._fetch(hdrs.METH_POST, url, body, headers, seconds=_OCSP_SECONDS, most=_MOST_ANSWER)

    async def _fetch(
        self, method: str, url: str, body: bytes | None, headers: dict[str, str], *, seconds: float, most: int
    ) -> bytes:
        if self._session is None:
            raise FetchFailed
        timeout = ClientTimeout(total=seconds)
        try:
            async with self._session.request(
                method, url, data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as answer:
                return await _whole(answer, most)
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise FetchFailed from None


async def _whole(answer: aiohttp.ClientResponse, most: int) -> bytes:
    content = bytearray()
    async for part in answer.content.iter_any():
        content += part
        if len(content) > most:
            raise FetchFailed
    if answer.status != _OK:
        raise FetchFailed
    return bytes(content)
