"""The port to which other systems push their files, beside the watch over the inbox that takes them."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Never

from kiosk_server.feed_push import PushedTo, build_push_app, senders_in
from kiosk_server.settings import Settings, host_and_port
from kiosk_server.web.serving import serve
from kiosk_server.web.tls import server_context


def pushing(settings: Settings) -> list[Callable[[], Coroutine[Any, Any, Never]]]:
    """The work, where a port is set for it. Raises SettingsInvalid, SenderUnreadable and OSError."""
    if settings.feed_push_listen is None:
        return []
    settings.path("feed_inbox")
    inboxes, senders = settings.feed_inboxes(), senders_in(settings.feed_sender_directories())
    return [partial(_push, settings, PushedTo(inboxes, senders, settings.feed_push_most_bytes))]


async def _push(settings: Settings, pushed_to: PushedTo) -> Never:
    files = (settings.path("tls_certificate"), settings.path("tls_key"), settings.path("tls_client_ca"))
    host, port = host_and_port(settings.feed_push_listen or "")
    server = await serve(build_push_app(pushed_to), host, port, server_context(*files), stop_seconds=1.0)
    try:
        while True:
            await asyncio.Event().wait()
    finally:
        await server.stop()
