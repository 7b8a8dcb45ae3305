"""Making paper in worker processes: one process per core, fonts loaded once, nothing of a request kept between two."""

import asyncio
import ctypes
import multiprocessing
import os
import signal
import time
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Final, Self

import pdf

_PR_SET_PDEATHSIG: Final = 1
_HOLD_SECONDS: Final = 0.2


@dataclass(frozen=True, slots=True)
class InspectedPaper:
    """A composed document, what the independent reader found in it, and which snapshot it was made from. Not signed yet."""

    document: pdf.UnsignedDocument
    inspected: pdf.Inspected
    snapshot_digest: bytes


@dataclass(frozen=True, slots=True)
class PaperFailed:
    """A document that failed the inspection, with its bytes for quarantine."""

    failure: pdf.InspectionFailed
    content: bytes


class _Worker:
    """State of one worker process: fonts and static form parts, never personal data."""

    fonts: pdf.FontChain | None = None


def _begin(parent: int) -> None:
    # A Ctrl-C at the terminal is for the parent, who ends us after the answers under way.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)  # it died before the kernel knew that we go with it
    _Worker.fonts = pdf.FontChain()


def make_paper(snapshot: pdf.Snapshot) -> InspectedPaper | PaperFailed:
    """Compose and inspect one certificate, in a worker.

    Raises ``pdf.GlyphMissing`` or ``pdf.TextOverflow`` for what cannot be printed.
    """
    fonts = _Worker.fonts or pdf.FontChain()
    pages = pdf.plan(snapshot, fonts)
    document = pdf.compose(snapshot, pages, fonts)
    try:
        return InspectedPaper(document, pdf.inspect(document.content, pages, fonts), pdf.snapshot_digest(snapshot))
    except pdf.InspectionFailed as failure:
        return PaperFailed(failure, document.content)


class PaperWorkers:
    """A fixed number of worker processes that compose and inspect. Within the block all are there, fonts loaded."""

    def __init__(self, processes: int) -> None:
        self._processes = processes
        self._pool = self._new_pool()

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        # Each holds its worker for a moment, so that the pool must start one for every call.
        await asyncio.gather(
            *(loop.run_in_executor(self._pool, time.sleep, _HOLD_SECONDS) for _ in range(self._processes))
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the processes; what waits is dropped."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    async def make(self, snapshot: pdf.Snapshot) -> InspectedPaper | PaperFailed:
        """As ``make_paper``, elsewhere. When the waiting task is cancelled, whatever comes of it is dropped.

        A worker that dies takes its pool with it: the pool is made anew and the paper once more, since making it
        depends on nothing but the snapshot.
        """
        pool = self._pool
        try:
            return await self._make(pool, snapshot)
        except BrokenProcessPool:
            if self._pool is pool:
                self._pool = self._new_pool()
            return await self._make(self._pool, snapshot)

    async def _make(self, pool: ProcessPoolExecutor, snapshot: pdf.Snapshot) -> InspectedPaper | PaperFailed:
        return await asyncio.get_running_loop().run_in_executor(pool, make_paper, snapshot)

    def _new_pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self._processes, multiprocessing.get_context("spawn"), _begin, (os.getpid(),))
