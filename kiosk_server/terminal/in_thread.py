"""Waiting for a device without the event loop waiting with us."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

Found = TypeVar("Found")


async def in_thread(work: Callable[[], Found]) -> Found:
    """As asyncio.to_thread, but a device that never answers keeps the process from nothing, its end included.

    Cancelled, the work goes on by itself and its result is dropped.
    """
    future: Future[Found] = Future()
    future.set_running_or_notify_cancel()
    threading.Thread(target=_run, args=(work, future), daemon=True).start()
    return await asyncio.wrap_future(future)


def _run(work: Callable[[], Found], future: Future[Found]) -> None:
    try:
        future.set_result(work())
    except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
        future.set_exception(error)
