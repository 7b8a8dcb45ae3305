"""One process of an installation under test, which may be stopped in its tracks, killed and started again."""

import os
import signal
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from kiosk_server.processes.child import ChildProcess

_READY_SECONDS: Final = 100.0


class Part:
    """`kiosk serve NAME` with settings of its own. Make and start it in the main thread."""

    def __init__(self, name: str, label: str, settings_file: Path, log_dir: Path, lock_fd: int) -> None:
        self.name = name
        self.label = label
        self.addresses: Mapping[str, str] = {}
        self._settings_file = settings_file
        self._log_dir = log_dir / label
        self._lock_fd = lock_fd
        self._child: ChildProcess | None = None

    @property
    def pid(self) -> int:
        """Of the process that runs now."""
        assert self._child is not None, f"{self.label} does not run"
        return self._child.pid

    @property
    def log(self) -> Path:
        """What it says, as far as it runs now."""
        return self._log_dir / f"{self.name}.log"

    @property
    def centre_url(self) -> str:
        """Where it answers centres."""
        return self.addresses["centre_url"]

    @property
    def terminal_url(self) -> str:
        """Where it answers terminals."""
        return self.addresses["terminal_url"]

    @property
    def ops_url(self) -> str:
        """Where it answers operators."""
        return self.addresses["ops_url"]

    @property
    def runs(self) -> bool:
        """Whether it was started and has not ended."""
        return self._child is not None and self._child.exit_code() is None

    def begin(self) -> None:
        """Start it, without waiting until it is ready."""
        assert not self.runs
        self._forget()
        self._child = ChildProcess(
            self.name, self._settings_file, self._log_dir, only_the_file=True, keep_open=[self._lock_fd]
        )

    def wait(self) -> None:
        """Wait until it is ready. Raises ProcessDidNotStart; may be called in another thread."""
        assert self._child is not None
        self.addresses = self._child.wait_ready(_READY_SECONDS)

    def start(self) -> None:
        """Start it and wait until it is ready."""
        self.begin()
        self.wait()

    def stop(self) -> None:
        """Ask it to stop, as a service manager does, and wait until it has."""
        if self._child is not None:
            self._child.ask_to_stop()
            self._forget()

    def kill(self) -> None:
        """SIGKILL; returns when it is gone, and its own children with it."""
        os.kill(self.pid, signal.SIGKILL)
        self._forget()

    def workers(self) -> tuple[int, ...]:
        """Its paper workers."""
        # A process is listed with the thread that began it.
        threads = (Path("/proc") / str(self.pid) / "task").iterdir()
        children = " ".join((thread / "children").read_text(encoding="ascii") for thread in threads)
        return tuple(sorted(pid for pid in map(int, children.split()) if b"spawn_main" in _command_of(pid)))

    @contextmanager
    def workers_paused(self) -> Iterator[None]:
        """The paper workers stand still inside the block: SIGSTOP, then SIGCONT."""
        with paused(*self.workers()):
            yield

    def _forget(self) -> None:
        if self._child is not None:
            self._child.finish()
            self._child = None


@contextmanager
def paused(*pids: int) -> Iterator[None]:
    """These processes stand still inside the block, wherever they happen to be."""
    _signal(pids, signal.SIGSTOP)
    try:
        yield
    finally:
        _signal(pids, signal.SIGCONT)


def _signal(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _command_of(pid: int) -> bytes:
    try:
        return (Path("/proc") / str(pid) / "cmdline").read_bytes()
    except OSError:
        return b""
