"""Running `kiosk` as a person does, and a demo that is up."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_COMMAND = (sys.executable, "-m", "kiosk_server.cli")
_MOST_SECONDS = 100


def environment(**more: str) -> dict[str, str]:
    """Ours without settings of a real installation, and the code on the path."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("KIOSK_")}
    return {**plain, "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8", **more}


def kiosk(
    *arguments: str | Path, given: str = "", cwd: Path | None = None, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end, with `given` on its standard input."""
    return subprocess.run(
        [*_COMMAND, *map(str, arguments)],
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        cwd=cwd,
        env=environment(**settings),
        timeout=_MOST_SECONDS,
    )


@dataclass(frozen=True, slots=True)
class Demo:
    """A running `kiosk up --demo --json`."""

    process: subprocess.Popen[str]
    data_dir: Path
    said: Mapping[str, Any]

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and wait; returns the exit code."""
        self.process.send_signal(number)
        return self.process.wait(_MOST_SECONDS)


@contextmanager
def demo_up(data_dir: Path, *more: str) -> Iterator[Demo]:
    """A demo with few residents, stopped at the end."""
    arguments = ("--demo", "--data-dir", str(data_dir), *more)
    with service_up(data_dir.parent / f"{data_dir.name}.err", *arguments) as (process, said):
        yield Demo(process, data_dir, said)


@contextmanager
def service_up(told: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """`kiosk up --json` with what it says when it is ready, stopped at the end; its standard error goes to `told`."""
    with told.open("w+", encoding="utf-8") as err:
        process = subprocess.Popen(
            [*_COMMAND, "up", "--json", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=err,
            text=True,
            env=environment(),
        )
        assert process.stdout is not None
        with process.stdout:
            try:
                line = process.stdout.readline()
                if not line:
                    err.seek(0)
                    raise AssertionError(err.read())
                yield process, json.loads(line)
            finally:
                if process.poll() is None:
                    process.terminate()
                process.wait(_MOST_SECONDS)
