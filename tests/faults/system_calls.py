"""System calls of a running process, watched and made to fail with strace (from Debian)."""

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_CALL: Final = re.compile(r"^(?:\d+ +)?([a-z_0-9]+)\(", re.MULTILINE)
_ATTACHED: Final = "attached"


class StraceMissing(Exception):
    """This test needs strace; on Debian: sudo apt-get install --yes --no-install-recommends strace."""


@dataclass(slots=True)
class Watched:
    """What was called, once the block has ended."""

    calls: Counter[str]


def strace() -> str:
    """The program. Raises StraceMissing, with the line that installs it."""
    found = shutil.which("strace")
    if found is None:
        raise StraceMissing(StraceMissing.__doc__)
    return found


@contextmanager
def watched(pids: Sequence[int], log: Path) -> Iterator[Watched]:
    """Count the system calls of these processes, by name, in all their threads."""
    seen = Watched(Counter())
    with _attached(pids, ["-o", str(log)]):
        yield seen
    seen.calls.update(_CALL.findall(log.read_text(encoding="utf-8", errors="replace")))


@contextmanager
def injected(pids: Sequence[int], call: str, fault: str, *, only_path: Path | None = None) -> Iterator[None]:
    """Inside, `call` fails as strace's `inject=` says: `signal=KILL:when=3`, `error=ENOSPC` (strace(1), --inject)."""
    path = [] if only_path is None else ["-P", str(only_path)]
    with _attached(pids, ["-o", "/dev/null", *path, "-e", f"trace={call}", "-e", f"inject={call}:{fault}"]):
        yield


@contextmanager
def _attached(pids: Sequence[int], options: Sequence[str]) -> Iterator[None]:
    those = [f"--attach={pid}" for pid in pids]
    # It says on its standard error when it holds each thread; only then does the block begin.
    with subprocess.Popen([strace(), "-f", *options, *those], stderr=subprocess.PIPE, text=True) as tracer:
        assert tracer.stderr is not None
        for _ in pids:
            line = tracer.stderr.readline()
            if _ATTACHED not in line:
                tracer.kill()
                message = f"strace could not attach: {line.strip()}"
                raise AssertionError(message)
        try:
            yield
        finally:
            tracer.terminate()
            tracer.stderr.read()
