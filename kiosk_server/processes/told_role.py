"""The role of the centre process as a worker knows it: its leader holds the lock, and says so again and again through a pipe."""

import asyncio
import contextlib
import os
from collections.abc import Callable
from typing import Final

from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.checks.topology import LOST
from kiosk_server.checks.wrong import Wrong

HELD: Final = b"+"
NOT_HELD: Final = b"-"
SAID_EVERY_SECONDS: Final = 0.5
_COUNTS_SECONDS: Final = 3.0
"""What was said longer ago counts for nothing: the leader stands still."""
_MOST_BYTES: Final = 4096


class ToldRole:
    """Reads what the leader says. `lost` is called at once when it says that the lock is lost, or is gone itself.

    Make it inside the running event loop.
    """

    def __init__(self, reading: int, lost: Callable[[], None]) -> None:
        self._reading = reading
        self._lost = lost
        self._held_at: float | None = None
        self._loop = asyncio.get_running_loop()
        os.set_blocking(reading, False)
        self._loop.add_reader(reading, self._read)

    async def look(self, _surroundings: Surroundings) -> str:
        """Whether the leader holds the lock. Raises Wrong."""
        if self._held_at is None or self._loop.time() - self._held_at > _COUNTS_SECONDS:
            raise Wrong(LOST)
        return "held by the leader"

    def close(self) -> None:
        """Listen no longer."""
        self._loop.remove_reader(self._reading)

    def _read(self) -> None:
        said = b""
        with contextlib.suppress(BlockingIOError):
            said = os.read(self._reading, _MOST_BYTES)
            if not said:
                self.close()
        if said.endswith(HELD):
            self._held_at = self._loop.time()
        else:
            self._held_at = None
            self._lost()


def say(writing: int, word: bytes) -> None:
    """Tell a worker. One that reads nothing for so long that the pipe is full, or is gone, needs no telling."""
    with contextlib.suppress(BlockingIOError, BrokenPipeError):
        os.write(writing, word)
