"""The life of a process, seen from inside."""

import asyncio
import gc

from kiosk_server.processes.lifecycle import Launch, Lifecycle


def test_what_a_process_has_loaded_when_it_is_ready_is_not_searched_again() -> None:
    loaded = [[number] for number in range(1_000)]

    async def started() -> None:
        Lifecycle("one", Launch()).ready({})

    try:
        asyncio.run(started())
        assert gc.get_freeze_count() >= len(loaded)
    finally:
        gc.unfreeze()
