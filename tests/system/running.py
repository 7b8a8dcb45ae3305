"""`kiosk up --demo` as a child process, and what it says about itself."""

import asyncio
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from cardauth import UserCertificate
from kiosk_server.issuing.request import IssuanceRequest, Kind, ResidentRecordOptions, Terminal
from kiosk_server.web.client import CentreClient, Sleep

CITY: Final = "092029"
_ROOT: Final = Path(__file__).parents[2]
_READY_SECONDS: Final = 900
_STOP_SECONDS: Final = 60
_NO_OPTIONS: Final = ResidentRecordOptions()


class ServiceDidNotStart(Exception):
    """`kiosk up --demo` ended, or said nothing in time; the message quotes its standard error."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A resident of the demo city with a card: its serial and PIN, and the names their household has on paper."""

    serial: str
    issuer_key_id: str
    pin: str = field(repr=False)
    name: str
    household: tuple[str, ...]

    @property
    def credential(self) -> UserCertificate:
        """The card with the city's PIN."""
        return UserCertificate(self.issuer_key_id, self.serial, self.pin)

    def request(
        self, request_id: str, options: ResidentRecordOptions = _NO_OPTIONS, store: str = "store 1"
    ) -> IssuanceRequest:
        """A 住民票 of the whole household, asked for at a terminal of one's own."""
        terminal = Terminal("a chain", store, f"machine of {self.serial}")
        return IssuanceRequest(request_id, CITY, terminal, self.credential, Kind.RESIDENT_RECORD, "household", options)


@dataclass(frozen=True, slots=True)
class Service:
    """A running service: where it answers, and with what one asks it. `pid` is that of `kiosk up`."""

    centre_url: str
    terminal_url: str
    staff_url: str
    ops_url: str
    ca_file: Path
    client_cert: Path
    client_key: Path
    database_url: str = field(repr=False)
    samples: tuple[Sample, ...] = field(repr=False)
    directory: Path
    pid: int

    def client(self, *, tries: int = 3, sleep: Sleep = asyncio.sleep) -> CentreClient:
        """The centre's client, with the centre's certificate."""
        return CentreClient(self.centre_url, self.ca_file, self.client_cert, self.client_key, tries=tries, sleep=sleep)


@contextmanager
def running_service(residents: int, samples: int, *, workers: int = 1) -> Iterator[Service]:
    """A service in a directory of its own, both gone afterwards. Raises ServiceDidNotStart."""
    with tempfile.TemporaryDirectory(prefix="kiosk-system-") as directory:
        data_dir = Path(directory) / "data"
        command = [
            *(sys.executable, "-m", "kiosk_server.cli", "up", "--demo", "--json", "--data-dir", str(data_dir)),
            *("--residents", str(residents), "--samples", str(samples), "--workers", str(workers)),
        ]
        with (Path(directory) / "stderr").open("w+b") as told, _child(command, told) as child:
            said = _first_line(child, told)
            yield _service(json.loads(said), data_dir, child.pid)


@contextmanager
def _child(command: list[str], told: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KIOSK_")}
    # A group of its own: a Ctrl-C is for us, who stop it in order.
    with subprocess.Popen(
        command, cwd=_ROOT, env=environment, stdout=subprocess.PIPE, stderr=told, start_new_session=True
    ) as child:
        try:
            yield child
        finally:
            child.send_signal(signal.SIGTERM)
            try:
                child.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()


def _first_line(child: subprocess.Popen[bytes], told: IO[bytes]) -> bytes:
    assert child.stdout is not None
    lines: queue.Queue[bytes] = queue.Queue()
    threading.Thread(target=lambda output: lines.put(output.readline()), args=[child.stdout], daemon=True).start()
    try:
        line = lines.get(timeout=_READY_SECONDS)
    except queue.Empty:
        line = b""
    if not line:
        told.seek(0)
        raise ServiceDidNotStart(told.read().decode(errors="replace"))
    return line


def _service(said: dict[str, Any], directory: Path, pid: int) -> Service:
    return Service(
        centre_url=said["centre_url"],
        terminal_url=said["terminal_url"],
        staff_url=said["staff_url"],
        ops_url=said["ops_url"],
        ca_file=Path(said["ca_file"]),
        client_cert=Path(said["client_cert"]),
        client_key=Path(said["client_key"]),
        database_url=said["database_url"],
        samples=tuple(
            Sample(one["serial"], one["issuer_key_id"], one["pin"], one["name"], tuple(one["household"]))
            for one in said["samples"]
        ),
        directory=directory,
        pid=pid,
    )
