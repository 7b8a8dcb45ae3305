"""Server-sent events (HTML standard, 9.2): what renews a page while it is open."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, Final

from aiohttp import hdrs, web

from kiosk_server.staff.guard import finish, signed_in
from kiosk_server.staff.visit import Visit

_HEADERS: Final = {
    hdrs.CONTENT_TYPE: "text/event-stream; charset=utf-8",
    # A proxy that gathers answers would keep every event until the end.
    "X-Accel-Buffering": "no",
}


async def follow(
    visit: Visit, read: Callable[[], Awaitable[Mapping[str, Any]]], every_seconds: float
) -> web.StreamResponse:
    """Send what ``read`` gives until the browser goes, or the session, the account or the duty ends; then the page is told so.

    Raises TooManyStreams.
    """
    with visit.console.streams.place(visit.session.account_id):
        response = web.StreamResponse(headers=_HEADERS)
        finish(visit.request, response, is_tls=visit.console.is_tls)
        await response.prepare(visit.request)
        with suppress(ConnectionError):
            while await signed_in(visit.console, visit.request, is_use=False) is not None:
                said = json.dumps(await read(), ensure_ascii=False)
                await response.write(f"data: {said}\n\n".encode())
                await asyncio.sleep(every_seconds)
            await response.write(b"event: end\ndata:\n\n")
        return response
