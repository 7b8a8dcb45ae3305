"""Databases for tests: a real PostgreSQL, migrated once, copied for every test."""

import asyncio
import itertools
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.resources import files

import asyncpg

from issuance_db.migrate import migrate
from issuance_db.roles import ROLES
from kiosk_server.embedded.postgres import PostgresAddress

MIGRATED_PACKAGES = ("issuance_db", "registry.residents")
TEMPLATE = "kiosk_template"

# What a crash of the machine would cost is no concern of a test; what a crash of the process costs stays as it is.
FAST_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
}


@dataclass(slots=True)
class Database:
    """One database of its own for one test, open to every login role."""

    name: str
    address: PostgresAddress
    role_password: str
    _opened: list[asyncpg.Connection] = field(default_factory=list)

    def dsn(self, role: str = "postgres") -> str:
        """The URL for a login role (`issuance_db.roles.ROLES`), or for the superuser `postgres`."""
        password = self.address.password if role == self.address.superuser else self.role_password
        return self.address.dsn(self.name, role, password)

    async def connect(self, role: str = "postgres", municipality: str | None = None) -> asyncpg.Connection:
        """A connection as `role`, closed when the test ends; with `municipality` set for the whole session if given."""
        connection = await asyncpg.connect(self.dsn(role))
        self._opened.append(connection)
        if municipality is not None:
            await connection.execute("SELECT set_config('kiosk.municipality', $1, false)", municipality)
        return connection

    async def close(self) -> None:
        """Close what `connect` opened."""
        for connection in self._opened:
            await connection.close()


@dataclass(frozen=True, slots=True)
class MigratedCluster:
    """A running server whose template database has every migration, and whose roles share one random password."""

    address: PostgresAddress
    role_password: str
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @asynccontextmanager
    async def database(self) -> AsyncIterator[Database]:
        """A fresh copy of the template, dropped at the end whoever is still connected."""
        name = f"test_{next(self._numbers)}"
        # File by file takes half as long as through the WAL, and thousands of tests ask for one.
        await self._administer(f'CREATE DATABASE {name} TEMPLATE "{TEMPLATE}" STRATEGY file_copy')
        database = Database(name, self.address, self.role_password)
        try:
            await _grant_as_in_production(database)
            yield database
        finally:
            await database.close()
            await self._administer(f"DROP DATABASE {name} WITH (FORCE)")

    async def _administer(self, statement: str) -> None:
        await _administer(self.address, statement)


def migrated_cluster(address: PostgresAddress) -> MigratedCluster:
    """Make the template on a server that has none yet, and give every login role a password."""
    password = secrets.token_urlsafe(16)
    asyncio.run(_prepare(address, password))
    return MigratedCluster(address, password)


async def _prepare(address: PostgresAddress, role_password: str) -> None:
    await _administer(address, f'CREATE DATABASE "{TEMPLATE}"')
    await migrate(address.dsn(TEMPLATE, address.superuser, address.password), MIGRATED_PACKAGES)
    for role in ROLES:
        await _administer(address, f"ALTER ROLE {role} PASSWORD '{role_password}'")


async def _grant_as_in_production(database: Database) -> None:
    # CREATE DATABASE copies everything but the privileges on the database itself; the bootstrap may be run again.
    connection = await asyncpg.connect(database.dsn())
    try:
        await connection.execute((files("issuance_db") / "bootstrap.sql").read_text(encoding="utf-8"))
    finally:
        await connection.close()


async def _administer(address: PostgresAddress, statement: str) -> None:
    connection = await asyncpg.connect(address.dsn("postgres", address.superuser, address.password))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
