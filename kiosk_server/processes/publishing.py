"""Publishing again and again, for `kiosk seal publish --every` where no timer of the system does it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import NoReturn

import asyncpg
import structlog

from civil.errors import KioskError
from kiosk_server.processes.lifecycle import Lifecycle

Publish = Callable[[], Awaitable[object]]


async def keep_publishing(publish: Publish, every: timedelta, lifecycle: Lifecycle) -> None:
    """Publish now and then after each `every`, until SIGINT or SIGTERM. Raises what the first time makes `publish` raise."""
    await publish()
    lifecycle.ready({})
    await lifecycle.until_stopped(_again(publish, every))


async def _again(publish: Publish, every: timedelta) -> NoReturn:
    """A failure is for the next time: what was published counts on, and says by its own time how old it is."""
    while True:
        await asyncio.sleep(every.total_seconds())
        try:
            await publish()
        except (KioskError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            structlog.get_logger().warning("not_published", error=type(error).__name__)
