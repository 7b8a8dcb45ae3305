"""`ippeveprinter`, the printer of the Printer Working Group's own self-certification, as Debian ships it."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

_INSTALL = "apt-get install --no-install-recommends cups-ipp-utils dbus-daemon"
_PATIENCE = 15
# It announces itself through the system's bus and does not start without one; this one is its own.
_BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow own="*"/><allow eavesdrop="true"/></policy></busconfig>
"""


@dataclass(frozen=True, slots=True)
class PaperTray:
    """A running printer: its address, its process, and what came out."""

    uri: str
    process: subprocess.Popen[bytes]
    directory: Path

    def papers(self) -> list[bytes]:
        """Every document that came out."""
        return [path.read_bytes() for path in sorted(self.directory.glob("*.paper"))]


@contextmanager
def ipp_printer(directory: Path, trouble: str = "") -> Iterator[PaperTray]:
    """A printer whose print command does `trouble` (shell) before the paper comes out."""
    printer = shutil.which("ippeveprinter", path=f"{os.environ['PATH']}:/usr/sbin")
    bus = shutil.which("dbus-daemon")
    assert printer is not None, _INSTALL
    assert bus is not None, _INSTALL
    command = directory / "print.sh"
    command.write_text(f'#!/bin/sh\n{trouble}\ncp "$1" "{directory}/$(date +%s%N).paper"\n')
    command.chmod(0o700)
    config, path, spool = directory / "bus.conf", directory / "bus", directory / "spool"
    config.write_text(_BUS.format(path=path))
    spool.mkdir()
    port = _free_port()
    options = ["-p", str(port), "-n", "localhost", "-r", "off", "-f", "application/pdf", "-d", str(spool)]
    with ExitStack() as stack:
        stack.enter_context(_running([bus, f"--config-file={config}", "--nofork", "--nopidfile"]))
        _wait(path.exists)
        settings = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={path}"}
        running = stack.enter_context(_running([printer, *options, "-c", str(command), "Kiosk"], settings))
        _wait(lambda: _answers(port))
        yield PaperTray(f"ipp://127.0.0.1:{port}/ipp/print", running, directory)


@contextmanager
def _running(command: list[str], settings: dict[str, str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def _wait(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "the printer simulator does not start"
        time.sleep(0.02)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
