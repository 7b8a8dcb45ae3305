"""A maker's process, and what it says of each file it makes."""

import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pdf import PagePlan
from tests.bench.makers.boxes import boxes
from tests.bench.makers.job import Job

_SOURCE: Final = Path(__file__).parent / "pdfbox" / "PlainPage.java"
_JARS: Final = tuple(
    f"/usr/share/java/{name}.jar" for name in ("pdfbox2", "fontbox2", "commons-logging", "bcprov", "bcpkix", "bcutil")
)


@dataclass(frozen=True, slots=True)
class Made:
    """One file: seconds on the clock, seconds of the processor, bytes."""

    seconds: float
    processor: float
    size: int


@dataclass(slots=True)
class MakerProcess:
    """A running maker, and all files it was asked for since it was warm."""

    name: str
    process: subprocess.Popen[str]
    made: list[Made] = field(default_factory=list)

    def ask(self, number: int) -> list[Made]:
        """Have it make this many files. Raises RuntimeError when it ends instead."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        # Into a pipe that nobody reads any more nothing can be written: the missing answers tell.
        with suppress(BrokenPipeError):
            print(number, file=self.process.stdin, flush=True)
        answer = []
        while line := self.process.stdout.readline().split():
            seconds, processor, size = line
            answer.append(Made(float(seconds), float(processor), int(size)))
        if len(answer) != number:
            raise RuntimeError(f"{self.name} ended with {self.process.wait()}")
        return answer

    def peak_bytes(self) -> int:
        """The most memory that it and those it started have held so far."""
        statuses = (Path(f"/proc/{pid}/status").read_text(encoding="ascii") for pid in with_children(self.process.pid))
        lines = (line for status in statuses for line in status.splitlines() if line.startswith("VmHWM:"))
        return sum(int(line.split()[1]) for line in lines) * 1024

    def end(self) -> None:
        """Close its input, and wait for the end."""
        self.process.communicate()


def start(name: str, job: Job) -> MakerProcess:
    """Start the maker `name`."""
    here = (str(job.directory), str(job.font))
    worker = (sys.executable, "-m", "tests.bench.makers.worker", name, *here)
    command = _java(job, here) if name == "by_pdfbox" else worker
    return MakerProcess(name, subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))


def with_children(pid: int) -> list[int]:
    """A process and those it started."""
    told = (file.read_text(encoding="ascii") for file in Path(f"/proc/{pid}/task").glob("*/children"))
    return [pid, *(int(child) for line in told for child in line.split())]


def _java(job: Job, here: Sequence[str]) -> tuple[str, ...]:
    path = ":".join((*_JARS, str(job.directory)))
    # ruff wants a whole path, but every Debian release has its own.
    subprocess.run(("javac", "-cp", path, "-d", str(job.directory), str(_SOURCE)), check=True)  # noqa: S607
    for order, page in enumerate(job.pages()):
        (job.directory / f"page-{order}.txt").write_text("".join(map(_line, _drawn(page))), encoding="utf-8")
        if page.seal is not None:
            (job.directory / "seal.png").write_bytes(page.seal.png)
    return ("java", "-cp", path, "PlainPage", *here)


def _drawn(page: PagePlan) -> list[tuple[object, ...]]:
    drawn: list[tuple[object, ...]] = [("B", box.x, box.y, box.width, box.height) for box in boxes(page)]
    drawn += [("T", text.x, text.y, text.size, text.text) for text in page.texts]
    if page.seal is not None:
        place = page.seal.box
        drawn.append(("S", place.x, place.y, place.width, place.height))
    return drawn


def _line(entries: tuple[object, ...]) -> str:
    return "\t".join(map(str, entries)) + "\n"
