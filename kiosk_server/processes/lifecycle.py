"""The life of one process: it starts, says that it is ready, and works until it is asked to stop or its work fails."""

import asyncio
import gc
import json
import os
import signal
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog


@dataclass(frozen=True, slots=True)
class Launch:
    """How a process was started: where to say that it is ready, from which settings file, and with which open descriptors."""

    ready_fd: int | None = None
    settings_file: Path | None = None
    inherited: tuple[int, ...] = ()


class Lifecycle:
    """Tells whoever waits on the descriptor of `launch` that we are ready, and waits for SIGINT or SIGTERM.

    Make it inside the running event loop.
    """

    def __init__(self, name: str, launch: Launch) -> None:
        self._name = name
        self.launch = launch
        self._ready_fd = launch.ready_fd
        self._stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stop.set)

    def ready(self, addresses: Mapping[str, str]) -> None:
        """Announce, once, under which addresses (by name) we answer."""
        # What was loaded to start stays: to look through all of it for what may go takes a tenth of a second each time.
        gc.collect()
        gc.freeze()
        structlog.get_logger().info("ready", check=self._name)
        if self._ready_fd is not None:
            with os.fdopen(self._ready_fd, "w", encoding="utf-8") as pipe:
                pipe.write(json.dumps(dict(addresses)) + "\n")
            self._ready_fd = None

    async def until_stopped(self, work: Coroutine[Any, Any, object] | None = None) -> None:
        """Wait to be asked to stop, working meanwhile; work that raises ends the process with that error."""
        stopping = asyncio.create_task(self._stop.wait())
        working = [] if work is None else [asyncio.create_task(work)]
        try:
            done, _ = await asyncio.wait([stopping, *working], return_when=asyncio.FIRST_COMPLETED)
            for task in done & set(working):
                task.result()
        finally:
            for task in (stopping, *working):
                task.cancel()
            await asyncio.gather(stopping, *working, return_exceptions=True)
