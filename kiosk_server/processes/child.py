"""One supervised process: started as a child that dies with us, waited for until it says that it is ready."""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Final

from civil.errors import KioskError
from kiosk_server.embedded.identity import Identity, command_as
from kiosk_server.embedded.process import log_tail
from kiosk_server.settings import PREFIX

_STOP_SECONDS: Final = 40.0
"""Answers under way may take 30 seconds, by the protocol."""
_MOST_BYTES: Final = 65_536


class ProcessDidNotStart(KioskError):
    """プロセスが起動しませんでした。 / A process did not come up."""


class ChildProcess:
    """`kiosk serve NAME` under a settings file, or another command with `--ready-fd`, logging to `<log_dir>/NAME.log` or to our own standard error.

    Start it from the main thread. With `only_the_file` the child knows nothing of the settings in our environment.
    `keep_open` are descriptors that the child inherits, such as the lock of the data directory.
    """

    def __init__(
        self,
        name: str,
        settings_file: Path | None,
        log_dir: Path | None,
        *,
        only_the_file: bool = False,
        keep_open: Sequence[int] = (),
        command: Sequence[str] | None = None,
    ) -> None:
        self.name = name
        told = [] if settings_file is None else ["--settings", str(settings_file)]
        self._command = ["serve", name, *told] if command is None else command
        self.log = None if log_dir is None else log_dir / f"{name}.log"
        self._said = b""
        self._environment = _without_settings(os.environ) if only_the_file else None
        self._reading, writing = os.pipe()
        try:
            self._process = self._spawn(writing, keep_open)
        except OSError:
            os.close(self._reading)
            raise
        finally:
            os.close(writing)

    @property
    def pid(self) -> int:
        """The process id, which is that of its group too."""
        return self._process.pid

    def wait_ready(self, seconds: float) -> Mapping[str, str]:
        """The addresses the process announces. Raises ProcessDidNotStart, with what it said, when it ends or is late."""
        deadline = time.monotonic() + seconds
        while not self._said.endswith(b"\n"):
            readable, _, _ = select.select([self._reading], [], [], max(0.0, deadline - time.monotonic()))
            heard = os.read(self._reading, _MOST_BYTES) if readable else b""
            if not heard:
                raise ProcessDidNotStart(self._why(ended=bool(readable)))
            self._said += heard
        addresses: dict[str, str] = json.loads(self._said)
        return addresses

    def exit_code(self) -> int | None:
        """The exit code, or None while the process runs."""
        return self._process.poll()

    def ask_to_stop(self) -> None:
        """Send SIGTERM; harmless when the process has gone."""
        if self._process.poll() is None:
            self._process.terminate()

    def finish(self) -> None:
        """Wait until the process is gone, and end what is left of it and of its own children."""
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        finally:
            self._kill_group()
            self._process.wait()
            os.close(self._reading)

    def last_words(self) -> str:
        """The end of its log, for a person; empty where it told everything on our standard error."""
        return "" if self.log is None else f"{self.log}:\n{log_tail(self.log).strip()}"

    def _kill_group(self) -> None:
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return

    def _why(self, *, ended: bool) -> str:
        happened = ("終了しました", "ended") if ended else ("応答しません", "is not ready in time")
        return f"{self.name}: 起動中に{happened[0]}。 / {self.name} {happened[1]}.\n{self.last_words()}"

    def _spawn(self, writing: int, keep_open: Sequence[int]) -> subprocess.Popen[bytes]:
        arguments = ["-m", "kiosk_server.cli", *self._command, "--ready-fd", str(writing)]
        ourselves = Identity("self", os.geteuid(), os.getegid())
        with contextlib.nullcontext() if self.log is None else _open_log(self.log) as log:
            return subprocess.Popen(
                command_as(ourselves, signal.SIGTERM, Path(sys.executable), *arguments),
                stdin=subprocess.DEVNULL,
                stdout=sys.stderr if log is None else log,
                stderr=log,
                env=self._environment,
                # A Ctrl-C at the terminal is for the supervisor, which stops all in order.
                start_new_session=True,
                pass_fds=(writing, *keep_open),
            )


def _open_log(log: Path) -> IO[bytes]:
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if log.exists():
        log.replace(log.with_name(f"{log.name}.1"))
    return os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb")


def _without_settings(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if not name.upper().startswith(PREFIX)}
