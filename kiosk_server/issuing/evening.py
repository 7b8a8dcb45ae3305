"""Refusals of whoever is not identified leave at even times, so that their time tells nothing of what was wrong.

Whatever is wrong, the same statements run and the same hash is made. What is left is a tenth of a millisecond between a
row that is there and one that is not: thousands of tries would show it, and this hides it.
"""

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from cardauth import NotIdentified


@asynccontextmanager
async def evened(step: timedelta) -> AsyncIterator[None]:
    """Hold a NotIdentified that comes from inside until the next whole multiple of `step` since the beginning."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    try:
        yield
    except NotIdentified:
        await asyncio.sleep(seconds_until_even(loop.time() - began, step.total_seconds()))
        raise


def seconds_until_even(elapsed: float, step: float) -> float:
    """How long until `elapsed` is a whole multiple of `step`, at least one; all in seconds. A step of 0 waits for nothing."""
    return max(0.0, max(1, math.ceil(elapsed / step)) * step - elapsed) if step > 0 else 0.0
