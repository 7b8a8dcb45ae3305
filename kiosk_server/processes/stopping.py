"""SIGINT and SIGTERM as an exception that unwinds whatever the main thread is doing, once."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class StopRequested(KeyboardInterrupt):
    """Somebody asked this program to stop. A KeyboardInterrupt, so that asyncio lets it pass."""


@contextmanager
def stop_requests() -> Iterator[None]:
    """Inside, the first SIGINT or SIGTERM raises StopRequested; later ones do not disturb the stopping."""
    is_stopping = False

    def request_stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal is_stopping
        if not is_stopping:
            is_stopping = True
            raise StopRequested

    before = {number: signal.signal(number, request_stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
