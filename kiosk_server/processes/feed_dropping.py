"""The port to which other systems send their files by SFTP, beside the watch over the inbox that takes them."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Never

from kiosk_server.feed_sftp.host_key import read_host_key
from kiosk_server.feed_sftp.limits import Limits
from kiosk_server.feed_sftp.listening import listen
from kiosk_server.feed_sftp.senders import sftp_senders_in
from kiosk_server.settings import Settings, host_and_port


def dropping(settings: Settings) -> list[Callable[[], Coroutine[Any, Any, Never]]]:
    """The work, where a port is set for it. Raises SettingsInvalid, SftpSenderUnreadable, SftpSenderTwice and OSError."""
    if settings.feed_sftp_listen is None:
        return []
    settings.path("feed_inbox")
    key, senders = read_host_key(settings.path("feed_sftp_key")), sftp_senders_in(settings.feed_sender_directories())
    limits = Limits(settings.feed_push_most_bytes)
    address = host_and_port(settings.feed_sftp_listen)
    return [partial(_serve, partial(listen, address, key, senders, settings.feed_inboxes(), limits))]


async def _serve(open_port: Callable[[], Coroutine[Any, Any, Any]]) -> Never:
    listener = await open_port()
    try:
        while True:
            await asyncio.Event().wait()
    finally:
        await listener.stop()
