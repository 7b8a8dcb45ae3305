"""Making paper in worker processes: one process per core, fonts loaded once, nothing of a request kept between two."""

import asyncio
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Self

import pdf


@dataclass(frozen=True, slots=True)
class InspectedPaper:
    """A composed document and what the independent reader found in it. Nothing is signed yet."""

    document: pdf.UnsignedDocument
    inspected: pdf.Inspected


@dataclass(frozen=True, slots=True)
class PaperFailed:
    """A document that failed the inspection, with its bytes for quarantine."""

    failure: pdf.InspectionFailed
    content: bytes


class _Worker:
    """State of one worker process: fonts and static form parts, never personal data."""

    fonts: pdf.FontChain | None = None


def _load_fonts() -> None:
    _Worker.fonts = pdf.FontChain()


def make_paper(snapshot: pdf.ResidentRecordSnapshot) -> InspectedPaper | PaperFailed:
    """Compose and inspect one certificate. Raises ``pdf.GlyphMissing`` or ``pdf.TextOverflow`` for what cannot be printed."""
    if _Worker.fonts is None:
        _load_fonts()
    fonts = _Worker.fonts
    assert fonts is not None  # noqa: S101 - set just above
    pages = pdf.plan(snapshot, fonts)
    document = pdf.compose(snapshot, pages, fonts)
    try:
        return InspectedPaper(document, pdf.inspect(document.content, pages, fonts))
    except pdf.InspectionFailed as failure:
        return PaperFailed(failure, document.content)


class PaperWorkers:
    """A fixed number of worker processes that compose and inspect."""

    def __init__(self, processes: int) -> None:
        self._pool = ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _load_fonts)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the processes; what waits is dropped."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    async def make(self, snapshot: pdf.ResidentRecordSnapshot) -> InspectedPaper | PaperFailed:
        """As ``make_paper``, elsewhere. When the waiting task is cancelled, whatever comes of it is dropped."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, make_paper, snapshot)
