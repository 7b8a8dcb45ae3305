"""The system calls of running processes, as strace sees them."""

import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_CALL: Final = re.compile(r"^(?P<pid>[0-9]+) +(?P<call>[a-z0-9_]+)\((?P<arguments>.*)$")
_ATTACHED_SECONDS: Final = 30
_MAKES: Final = re.compile(r"O_CREAT|O_WRONLY|O_RDWR|O_TRUNC|O_TMPFILE")
_OPENS: Final = frozenset({"open", "openat", "openat2"})
_CHANGES: Final = re.compile(
    r"^(creat|rename|unlink|mkdir|rmdir|link|symlink|mknod|truncate|ftruncate|chmod|fchmod|chown)"
)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of one thread."""

    pid: int
    name: str
    arguments: str = field(repr=False)

    @property
    def changes_a_file(self) -> bool:
        """Whether it makes, opens for writing, renames or removes something by its path."""
        return bool(_CHANGES.match(self.name) or (self.name in _OPENS and _MAKES.search(self.arguments)))


@contextmanager
def watched(out: Path, *pids: int) -> Iterator[list[Call]]:
    """Every call about files, and every read and write, of these processes inside the block; filled at its end."""
    strace = shutil.which("strace")
    assert strace, "strace is missing: apt-get install strace"
    calls: list[Call] = []
    attach = [argument for pid in pids for argument in ("-p", str(pid))]
    command = [strace, "-f", "-qq", "-o", str(out), "-e", "trace=%file,ftruncate,read,write,sendto,recvfrom", *attach]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE) as tracer:
        try:
            _wait_attached(tracer, pids)
            yield calls
        finally:
            tracer.send_signal(signal.SIGINT)
            tracer.wait(_ATTACHED_SECONDS)
    calls += [call for line in out.read_text(errors="replace").splitlines() for call in _parsed(line)]


def _wait_attached(tracer: "subprocess.Popen[bytes]", pids: tuple[int, ...]) -> None:
    for pid in pids:
        status = Path(f"/proc/{pid}/status")
        while f"TracerPid:\t{tracer.pid}" not in status.read_text(encoding="ascii"):
            assert tracer.poll() is None, "strace cannot trace: the kernel or the container forbids ptrace"


def _parsed(line: str) -> Iterator[Call]:
    match = _CALL.match(line)
    if match is not None:
        yield Call(int(match["pid"]), match["call"], match["arguments"])
