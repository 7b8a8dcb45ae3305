"""Following the key file in a process whose checks do not look at the keys."""

import asyncio
from typing import Final, NoReturn

import structlog

from civil.errors import KioskError
from keys.live_keys import LiveKeys

_SECONDS: Final = 2.0


async def follow_forever(keys: LiveKeys) -> NoReturn:
    """Take up what is added to the key file; a file that cannot be taken up is logged, and the keys held go on."""
    while True:
        try:
            if await asyncio.to_thread(keys.refresh):
                structlog.get_logger().info("keys_taken_up", versions=len(keys.content.keys))
        except KioskError as refused:
            structlog.get_logger().error("keys_not_taken_up", error=type(refused).__name__)
        await asyncio.sleep(_SECONDS)
