"""A pcscd of our own: its files in a directory of ours, its two virtual readers on ports of ours, ended by its pid."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cardauth.card.pcsc import ReadersUnreachable, context, pcsc

_DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
_IN_A_ROOM_OF_ITS_OWN = 'mount -t tmpfs none /run && mkdir /run/pcscd && mount --bind "$1" /run/pcscd && exec "$2" --foreground --config "$3"'
_SECONDS = 15.0


@dataclass
class Daemon:
    """pcscd, to be stopped and started. Clients find it by `PCSCLITE_CSOCK_NAME`."""

    directory: Path
    port: int
    _process: subprocess.Popen[bytes] | None = None
    cards: list["CardProcess"] = field(default_factory=list)

    @property
    def socket(self) -> Path:
        return self.directory / "run" / "pcscd.comm"

    def start(self) -> None:
        """Pcscd takes its place under /run from no setting, so it gets a /run of its own."""
        unshare = ["unshare", "--mount"] if os.getuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
        told = ["sh", "-c", _IN_A_ROOM_OF_ITS_OWN, "sh", str(self.directory / "run"), _program("pcscd")]
        with (self.directory / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [_program(unshare[0]), *unshare[1:], *told, str(self.directory / "conf")], stdout=log, stderr=log
            )
        _wait(self.socket.exists, "pcscd did not come up: " + str(self.directory / "log"))
        _wait(lambda: _listens(self.port), "the virtual reader does not listen")

    def stop(self) -> None:
        """End it, by its pid."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(_SECONDS)
            self._process = None
            _wait(lambda: not self.socket.exists(), "pcscd left its socket")

    def pause(self) -> None:
        """Let it answer nothing, until `go_on`."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it answer again; harmless when it does."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    def insert(self, card: Path, reader: int = 0) -> "CardProcess":
        """Lay a card into a reader, as `kiosk card insert` does."""
        process = subprocess.Popen(
            [sys.executable, "-m", "kiosk_server.cli", "card", "insert", str(card), "--port", str(self.port + reader)],
            stderr=subprocess.DEVNULL,
        )
        inserted = CardProcess(process, f"Virtual PCD 00 0{reader}")
        self.cards.append(inserted)
        return inserted


@dataclass
class CardProcess:
    """A card in a reader."""

    process: subprocess.Popen[bytes]
    reader: str
    is_removed: bool = False

    def remove(self) -> None:
        """Take it away, and wait until pcscd has seen that: it looks a few times a second, and takes a quick swap for one card."""
        if self.is_removed:
            return
        self.is_removed = True
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(_SECONDS)
        _wait(lambda: not _is_present(self.reader), "pcscd still sees the card")


@contextmanager
def running_daemon(directory: Path) -> Iterator[Daemon]:
    """Start it where the client library looks (see `reader_service_dir`), and end what it and the test started."""
    _require_everything()
    daemon = Daemon(directory, _two_ports())
    for part in ("run", "conf"):
        (daemon.directory / part).mkdir(exist_ok=True)
    (daemon.directory / "conf" / "vpcd").write_text(_configuration(daemon.port))
    daemon.start()
    try:
        yield daemon
    finally:
        for card in daemon.cards:
            card.remove()
        daemon.stop()


def _configuration(port: int) -> str:
    number = f"0x{port:X}"
    return f'FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:{number}\nLIBPATH {_DRIVER}\nCHANNELID {number}\n'


def _require_everything() -> None:
    """A machine that lacks something is told what to install; nothing is skipped."""
    missing = [name for name in ("pcscd", "unshare") if shutil.which(name, path=_PATH) is None]
    if missing or not _DRIVER.exists():
        pytest.fail("needs a PC/SC daemon and virtual readers: apt-get install -y pcscd vsmartcard-vpcd", pytrace=False)
    try:
        import smartcard.scard  # noqa: F401, PLC0415 - only whether it is there
    except ImportError:
        pytest.fail(
            "needs pyscard: apt-get install -y gcc libc6-dev python3-dev libpcsclite-dev, then scripts/ensure-environment card",
            pytrace=False,
        )


def _is_present(reader: str) -> bool:
    """Whether pcscd sees a card there; without pcscd there is none."""
    scard = pcsc()
    try:
        with context(scard) as opened:
            _, ((_, state, _),) = scard.SCardGetStatusChange(opened, 0, [(reader, scard.SCARD_STATE_UNAWARE)])
    except ReadersUnreachable:
        return False
    return bool(state & scard.SCARD_STATE_PRESENT)


def _program(name: str) -> str:
    return shutil.which(name, path=_PATH) or name


def _two_ports() -> int:
    """The first of two ports in a row that nobody uses: a virtual reader has one for each of its two slots."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("0.0.0.0", 0))  # noqa: S104 - as vpcd does
            port: int = first.getsockname()[1]
            try:
                second.bind(("0.0.0.0", port + 1))  # noqa: S104 - as above
            except (OSError, OverflowError):
                continue
            return port


def _listens(port: int) -> bool:
    """Whether the port is taken. Connecting would be a card that comes and goes."""
    with socket.socket() as one:
        try:
            one.bind(("0.0.0.0", port))  # noqa: S104 - as above
        except OSError:
            return True
    return False


def _wait(condition: Callable[[], bool], otherwise: str) -> None:
    end = time.monotonic() + _SECONDS
    while not condition():
        if time.monotonic() > end:
            pytest.fail(otherwise)
        time.sleep(0.02)
