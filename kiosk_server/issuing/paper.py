"""Making paper in worker processes: one process per core, fonts loaded once, nothing of a request kept between two."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Self

import pdf
from kiosk_server.issuing.paper_worker import PaperWorker, PaperWorkerDied


@dataclass(frozen=True, slots=True)
class InspectedPaper:
    """A composed document, what the independent reader found in it, and which snapshot it was made from. Not signed yet."""

    document: pdf.UnsignedDocument = field(repr=False)
    inspected: pdf.Inspected
    snapshot_digest: bytes


@dataclass(frozen=True, slots=True)
class PaperFailed:
    """A document that failed the inspection, with its bytes for quarantine."""

    failure: pdf.InspectionFailed
    content: bytes = field(repr=False)


class _Fonts:
    """State of one worker process: fonts and static form parts, never personal data."""

    chain: pdf.FontChain | None = None


def load_fonts() -> None:
    """Load the fonts of this process, once. Raises what the font files make it raise."""
    _Fonts.chain = pdf.FontChain()


def make_paper(sealed: pdf.Sealed) -> InspectedPaper | PaperFailed:
    """Compose and inspect one certificate, in a worker.

    Raises ``pdf.GlyphMissing`` or ``pdf.TextOverflow`` for what cannot be printed.
    """
    fonts = _Fonts.chain or pdf.FontChain()
    snapshot = sealed.snapshot
    pages = pdf.with_codes(pdf.plan(snapshot, fonts), sealed)
    document = pdf.compose(snapshot, pages, fonts)
    try:
        return InspectedPaper(document, pdf.inspect(document.content, pages, fonts), pdf.snapshot_digest(snapshot))
    except pdf.InspectionFailed as failure:
        return PaperFailed(failure, document.content)


class PaperWorkers:
    """A fixed number of worker processes that compose and inspect. Within the block all are there, fonts loaded.

    Each is asked by a thread of its own here, which starts another in its place when it dies.
    """

    def __init__(self, processes: int) -> None:
        self._processes = processes
        self._threads = ThreadPoolExecutor(processes, "paper")
        self._own = threading.local()
        self._workers: set[PaperWorker] = set()
        self._is_closed = False

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        # Nobody goes on before all are there, so that each call has a thread, and a worker, of its own.
        together = threading.Barrier(self._processes)
        await asyncio.gather(
            *(loop.run_in_executor(self._threads, self._begin, together) for _ in range(self._processes))
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    @property
    def pids(self) -> frozenset[int]:
        """The worker processes that were started and not ended."""
        return frozenset(worker.pid for worker in self._workers if worker.pid is not None)

    def close(self) -> None:
        """End the processes, whatever they do; what waits is dropped."""
        self._is_closed = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        for worker in tuple(self._workers):
            worker.kill()
        self._threads.shutdown(wait=True)
        while self._workers:
            self._workers.pop().end()

    async def make(self, sealed: pdf.Sealed) -> InspectedPaper | PaperFailed:
        """As ``make_paper``, elsewhere. When the waiting task is cancelled, whatever comes of it is dropped.

        A worker that dies is replaced and the paper made once more, since making it depends on nothing but the sealed snapshot.
        Raises ``PaperWorkerDied`` when that one dies over it too.
        """
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._make, sealed)

    def _begin(self, together: threading.Barrier) -> None:
        try:
            self._worker()
        finally:
            together.wait()

    def _make(self, sealed: pdf.Sealed) -> InspectedPaper | PaperFailed:
        try:
            return self._ask(sealed)
        except PaperWorkerDied:
            return self._ask(sealed)

    def _ask(self, sealed: pdf.Sealed) -> InspectedPaper | PaperFailed:
        worker = self._worker()
        try:
            paper: InspectedPaper | PaperFailed = worker.ask(sealed)
        except PaperWorkerDied:
            self._forget(worker)
            raise
        return paper

    def _worker(self) -> PaperWorker:
        """The worker of this thread; started where there is none."""
        if self._is_closed:
            raise PaperWorkerDied
        worker: PaperWorker | None = getattr(self._own, "worker", None)
        if worker is None:
            worker = self._own.worker = PaperWorker()
            self._workers.add(worker)
        return worker

    def _forget(self, worker: PaperWorker) -> None:
        self._own.worker = None
        self._workers.discard(worker)
        worker.end()
