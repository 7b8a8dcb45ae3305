"""strace on a process that runs: system calls written down, struck by a signal, or made to fail."""

import asyncio
import shutil
import signal
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

INSTALL: Final = "sudo apt-get install --yes --no-install-recommends strace"


@dataclass(frozen=True, slots=True)
class Calls:
    """What was written down; complete once the block has ended."""

    file: Path

    def by_kind(self) -> Counter[str]:
        """How often the thread that made most of each kind of call made it: strace counts for every thread by itself."""
        by_thread = Counter(
            (thread, call)
            for thread, _, rest in (line.partition(" ") for line in self.file.read_text(errors="replace").splitlines())
            if (call := rest.strip().partition("(")[0]).isidentifier()
        )
        most: Counter[str] = Counter()
        for (_, call), number in by_thread.items():
            most[call] = max(most[call], number)
        return most


@asynccontextmanager
async def traced(pids: Sequence[int], file: Path, *options: str) -> AsyncIterator[Calls]:
    """Attach to these processes, their threads and all that they start, with further options of strace; then let go."""
    attach = [word for pid in pids for word in ("-p", str(pid))]
    tracer = await asyncio.create_subprocess_exec(
        program(), "-f", "-o", str(file), *options, *attach, stderr=asyncio.subprocess.PIPE
    )
    assert tracer.stderr is not None
    try:
        for _ in pids:
            said = (await tracer.stderr.readline()).decode()
            assert "attached" in said, f"strace cannot attach (in a container: --cap-add SYS_PTRACE): {said}"
        yield Calls(file)
    finally:
        await _let_go(tracer, file)


def program() -> str:
    """Where strace is. A machine without it fails the test and is told what to install."""
    found = shutil.which("strace")
    assert found is not None, f"strace がありません。 / strace is missing: {INSTALL}"
    return found


async def _let_go(tracer: asyncio.subprocess.Process, file: Path) -> None:
    """End strace, which lets go of what lives. Of threads that died in one stroke it waits for some forever."""
    if tracer.returncode is None:
        tracer.send_signal(signal.SIGKILL if was_killed(file) else signal.SIGTERM)
    await tracer.communicate()


def was_killed(file: Path) -> bool:
    """Whether what was written down ends with a death."""
    return "killed by SIGKILL" in file.read_text(errors="replace")


def kill(call: str, number: int) -> tuple[str, ...]:
    """Options by which a thread's `number`-th call of this kind is its process's last."""
    return ("-e", f"trace={call}", "-e", f"inject={call}:signal=SIGKILL:when={number}")


def fail(call: str, error: str, *paths: Path) -> tuple[str, ...]:
    """Options by which every call of this kind on one of these files fails with `error`, such as ENOSPC."""
    named = [word for path in paths for word in ("-P", str(path))]
    return (*named, "-e", f"trace={call}", "-e", f"inject={call}:error={error}")
