"""One server process: started in a session of its own, stopped when we stop and when we die."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from kiosk_server.embedded.errors import EmbeddedServerError, ServerDidNotStart
from kiosk_server.embedded.identity import Identity, command_as

_LOOK_AGAIN_SECONDS = 0.005
_LOG_TAIL_BYTES = 2000


@dataclass(frozen=True, slots=True)
class ServerCommand:
    """What to run, as whom, where it writes its log, and the signal that asks it to stop at once but cleanly."""

    program: Path
    arguments: Sequence[str]
    identity: Identity
    log: Path
    stop_signal: signal.Signals


class ServerProcess:
    """A running server. `stop` is harmless when it has already gone."""

    def __init__(self, command: ServerCommand, lock_fd: int) -> None:
        # The kernel ties PDEATHSIG to the thread that forks, not to the process.
        if threading.current_thread() is not threading.main_thread():
            raise EmbeddedServerError("An embedded server must be started from the main thread.")
        self._command = command
        self._process = _spawn(command, lock_fd)

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self._process.pid

    def is_running(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def wait_until(self, is_ready: Callable[[], bool], seconds: float) -> None:
        """Wait for `is_ready`. Stops the server and raises ServerDidNotStart if it exits first or takes too long."""
        deadline = time.monotonic() + seconds
        while not is_ready():
            if not self.is_running() or time.monotonic() > deadline:
                tail = log_tail(self._command.log)
                self.stop(seconds=1.0)
                raise ServerDidNotStart(
                    f"{self._command.program.name} が起動しませんでした。 / "
                    f"{self._command.program.name} did not come up. Its log ends with:\n{tail}"
                )
            time.sleep(_LOOK_AGAIN_SECONDS)

    def stop(self, seconds: float = 30.0) -> None:
        """Ask to stop, wait up to `seconds`, then end it; returns when the process is gone."""
        if not self.is_running():
            return
        self._process.send_signal(self._command.stop_signal)
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._end()

    def _end(self) -> None:
        # SIGQUIT is PostgreSQL's immediate stop, which still takes its children along.
        self._process.send_signal(signal.SIGQUIT)
        try:
            self._process.wait(5.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def log_tail(log: Path) -> str:
    """The end of a server's log, for the person who must mend it."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - _LOG_TAIL_BYTES))
        return file.read().decode(errors="replace")


def _spawn(command: ServerCommand, lock_fd: int) -> subprocess.Popen[bytes]:
    with _open_log(command.log) as log:
        return subprocess.Popen(
            command_as(command.identity, command.stop_signal, command.program, *command.arguments),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=bare_environment(),
            # A Ctrl-C at the terminal is for us: we end our own work first and then the servers.
            start_new_session=True,
            pass_fds=(lock_fd,),
        )


def _open_log(log: Path) -> IO[bytes]:
    """The log of this run; that of the run before is kept beside it."""
    if log.exists():
        log.replace(log.with_name(f"{log.name}.1"))
    return os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb")


def bare_environment() -> dict[str, str]:
    """Nothing of the caller's environment reaches a server: PG* variables, locales and time zones stay out."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
