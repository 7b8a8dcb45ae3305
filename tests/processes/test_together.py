import asyncio
from typing import Never

import pytest

from civil.errors import KioskError
from kiosk_server.processes.together import together


async def test_the_first_failure_ends_the_others_and_is_told_as_it_is() -> None:
    ended = asyncio.Event()

    async def going_on() -> Never:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        raise AssertionError

    async def failing() -> Never:
        await asyncio.sleep(0)
        raise KioskError("look at the log")

    with pytest.raises(KioskError, match="look at the log"):
        await together([going_on, failing])
    assert ended.is_set()
