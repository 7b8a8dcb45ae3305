"""The paper workers as a server needs them: all started before the first request, and none left when we are killed."""

import asyncio
import ctypes
import multiprocessing
import os
import signal
import time
from concurrent.futures import ProcessPoolExecutor
from typing import Self

from kiosk_server.issuing.paper import PaperWorkers, _load_fonts

_PR_SET_PDEATHSIG = 1
_HOLD_SECONDS = 0.2


class WarmPaperWorkers(PaperWorkers):
    """`PaperWorkers` that are there, fonts loaded, when the block begins."""

    def __init__(self, processes: int) -> None:
        super().__init__(processes)
        self._processes = processes
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(processes, context, _begin, (os.getpid(),))

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        # Each holds its worker for a moment, so that the pool must start one for every call.
        await asyncio.gather(
            *(loop.run_in_executor(self._pool, time.sleep, _HOLD_SECONDS) for _ in range(self._processes))
        )
        return self


def _begin(parent: int) -> None:
    # A Ctrl-C at the terminal is for the parent, who ends us after the answers under way.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)  # it died before the kernel knew that we go with it
    _load_fonts()
