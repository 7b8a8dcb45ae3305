"""A place to set up a real installation in: servers as a city has them, and the files that come from elsewhere."""

import asyncio
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from cryptography.x509.oid import ExtendedKeyUsageOID

from kiosk_server.embedded.postgres import EmbeddedPostgres, PostgresAddress
from kiosk_server.embedded.valkey import EmbeddedValkey
from pdf import draw_specimen_seal
from tests.cli.authority import Authority
from tests.cli.command import ROOT, kiosk
from tests.servers import FAST_SETTINGS

CITY = "092029"
MAYOR = "試験　花子"


@dataclass(frozen=True, slots=True)
class Site:
    """What an engineer starts with: an empty database, a Redis, an authority, and a directory."""

    path: Path
    admin_url: str
    authority: Authority

    @property
    def settings(self) -> Path:
        """The settings file."""
        return self.path / "settings.env"

    @property
    def passwords(self) -> Path:
        """One file per login role."""
        return self.path / "passwords"

    @property
    def keys(self) -> Path:
        """The directory of the key file."""
        return self.path / "keys"

    @property
    def passphrase(self) -> Path:
        """The file with the passphrase."""
        return self.path / "secret" / "passphrase"

    def run(self, *arguments: str | Path, given: str = "") -> subprocess.CompletedProcess[str]:
        """One command; the administrator's password stands in PGPASSFILE, as libpq's users have it."""
        return kiosk(*arguments, given=given, cwd=self.path, PGPASSFILE=str(self.path / "pgpass"))

    def done(self, *arguments: str | Path, given: str = "") -> str:
        """What one command says that must succeed."""
        finished = self.run(*arguments, given=given)
        assert finished.returncode == 0, finished.stdout + finished.stderr
        return finished.stdout + finished.stderr

    def dsn(self, role: str) -> str:
        """The URL for a login role, with the password of its file."""
        password = (self.passwords / role).read_text()
        return self.admin_url.replace("postgres@", f"{role}:{password}@")

    def write_city(self, *, fee: int = 200) -> Path:
        """The example of the documentation, with another mayor, open at night, beside its seal."""
        text = (ROOT / "docs" / "city-example.toml").read_text(encoding="utf-8")
        text = text.replace("見本　花子", MAYOR).replace("見本　太郎", MAYOR).replace("yen = 200", f"yen = {fee}")
        if not fee:
            text = re.sub(r"yen = \d+", "yen = 0", text)
        file = self.path / "city.toml"
        file.write_text(text.replace('"6:30"', '"0:00"').replace('"23:00"', '"24:00"'), encoding="utf-8")
        (self.path / "official-seal.png").write_bytes(draw_specimen_seal("試験市長之印"))
        return file

    def write_settings(self, name: str = "settings.env", **other: str | Path) -> Path:
        """The settings file, with some values otherwise."""
        certificate, key = self.authority.issue_tls("server", ExtendedKeyUsageOID.SERVER_AUTH)
        values: dict[str, str | Path] = {
            "DATABASE_URL": self.admin_url.replace("postgres@", ""),
            "ROLE_PASSWORDS": self.passwords,
            "REDIS_URL_FILE": self.path / "redis-url",
            "KEYS_DIRECTORY": self.keys,
            "KEYS_PASSPHRASE_FILE": self.passphrase,
            "TLS_CERTIFICATE": certificate,
            "TLS_KEY": key,
            "TLS_CLIENT_CA": self.authority.root,
            "MUNICIPALITY_CODES": CITY,
            "WORKER_PROCESSES": "1",
            **{f"{name}_LISTEN": "127.0.0.1:0" for name in ("CENTRE", "TERMINAL", "STAFF", "OPS")},
            **other,
        }
        file = self.path / name
        file.write_text("".join(f"KIOSK_{item}={value}\n" for item, value in values.items()))
        return file


@contextmanager
def site(path: Path) -> Iterator[Site]:
    """Servers of their own: roles belong to a whole PostgreSQL server, and other tests have theirs."""
    durable = dict.fromkeys(("fsync", "full_page_writes", "synchronous_commit"), "on")  # production refuses less
    settings = {**FAST_SETTINGS, **durable, "shared_buffers": "64MB"}
    with EmbeddedPostgres(path / "pg", settings=settings) as postgres, EmbeddedValkey(path / "valkey") as valkey:
        address = postgres.address
        asyncio.run(_create_database(address))
        _private(path / "pgpass", f"*:*:*:{address.superuser}:{address.password}\n")
        _private(path / "redis-url", valkey.url)
        where = f"{address.host}:{address.port}/kiosk?sslmode=disable"
        yield Site(path, f"postgresql://{address.superuser}@{where}", Authority(path / "ca"))


async def _create_database(address: PostgresAddress) -> None:
    """What a database administrator does first."""
    connection = await asyncpg.connect(address.dsn("postgres", address.superuser, address.password))
    try:
        await connection.execute("CREATE DATABASE kiosk")
    finally:
        await connection.close()


def _private(path: Path, text: str) -> None:
    path.touch(0o600)
    path.write_text(text)
