"""When something came last: a connection that is silent, or never ends, is ended."""

import asyncio
from collections.abc import Callable


class Touched:
    """Calls `end` once nothing has come for `idle` seconds, or `whole` seconds after the beginning."""

    def __init__(self, idle: float, whole: float, end: Callable[[], object]) -> None:
        """Begin to wait, on the running loop."""
        self._loop = asyncio.get_running_loop()
        self._idle = idle
        self._last = self._loop.time()
        self._until = self._last + whole
        self._end = end
        self._timer = self._loop.call_later(min(idle, whole), self._look)

    def touch(self) -> None:
        """Something came."""
        self._last = self._loop.time()

    def stop(self) -> None:
        """Wait no longer."""
        self._timer.cancel()

    def _look(self) -> None:
        left = min(self._last + self._idle, self._until) - self._loop.time()
        if left <= 0:
            self._end()
        else:
            self._timer = self._loop.call_later(left, self._look)
