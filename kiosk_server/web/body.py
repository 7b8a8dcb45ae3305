"""Reading a request body without trusting its length, type or pace. Nothing is spooled to disk."""

import asyncio
from typing import Final

from aiohttp import hdrs, web

from kiosk_server.issuing.refusal import RefusalCode
from kiosk_server.web.malformed import UNREADABLE, WHOLE_BODY, MalformedBody
from kiosk_server.web.problems import EdgeCode, Problem

MOST_BYTES: Final = 64 * 1024
_JSON: Final = "application/json"
_CLOSE: Final = {"Connection": "close"}


async def read_body(request: web.Request, seconds: float) -> bytes:
    """Return the body of a JSON request of at most MOST_BYTES.

    Raises Problem `unsupported` for another content type or any content encoding, `too_large` as soon as the limit is
    passed, `timed_out` when it is not complete after `seconds`; MalformedBody when it breaks off.
    """
    _require_json(request)
    if declared_too_large(request):
        raise Problem(EdgeCode.TOO_LARGE, headers=_CLOSE)
    try:
        async with asyncio.timeout(seconds):
            return await _read_at_most(request, MOST_BYTES)
    except TimeoutError:
        raise Problem(RefusalCode.TIMED_OUT, headers=_CLOSE) from None
    except (web.RequestPayloadError, ConnectionError):
        raise MalformedBody(WHOLE_BODY, UNREADABLE) from None


def declared_too_large(request: web.BaseRequest) -> bool:
    """Whether the Content-Length already says that the body is too large."""
    return (request.content_length or 0) > MOST_BYTES


async def _read_at_most(request: web.Request, most: int) -> bytes:
    received = bytearray()
    while chunk := await request.content.readany():
        received += chunk
        if len(received) > most:
            raise Problem(EdgeCode.TOO_LARGE, headers=_CLOSE)
    return bytes(received)


def _require_json(request: web.Request) -> None:
    encoded = request.headers.get(hdrs.CONTENT_ENCODING, "identity").lower() != "identity"
    alone = len(request.headers.getall(hdrs.CONTENT_TYPE, [])) == 1
    charset = request.charset or "utf-8"
    if encoded or not alone or request.content_type != _JSON or charset.lower() != "utf-8":
        raise Problem(EdgeCode.UNSUPPORTED)
