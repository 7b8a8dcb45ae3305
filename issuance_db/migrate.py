"""Applies the migrations of every room to one database, in the order of their numbers.

A migration is a plain SQL file named ``NNNN_pre_name.sql`` (safe to apply before the new code runs) or
``NNNN_post_name.sql`` (after it). Each runs in its own transaction. Rooms bring their own directory.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

import asyncpg

from civil.errors import KioskError
from issuance_db.roles import ROLES

_NAME: Final = re.compile(r"^(?P<number>\d{4})_(?P<phase>pre|post)_(?P<name>[a-z0-9_]+)\.sql$")


class SchemaUnknown(KioskError):
    """データベースの版がこのプログラムより新しいため、起動しません。プログラムを更新してください。 /
    The database is newer than this program, so it will not run on it. Update the program."""


class SchemaChanged(KioskError):
    """適用済みの移行ファイルが書き換えられています。元のファイルに戻してください。 /
    A migration that was already applied has been edited. Put the original file back."""


class SchemaOutdated(KioskError):
    """データベースの版が古いため、起動しません。kiosk db migrate を実行してください。 /
    The database is older than this program. Run: kiosk db migrate."""


class AdministratorNeeded(KioskError):
    """この版には新しいロールがあります。管理者の --database-url で kiosk db migrate を実行し、続けて kiosk db passwords を実行してください。 /
    This version brings a new role. Run kiosk db migrate with the --database-url of an administrator, then kiosk db passwords."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file: its number orders it among all rooms, its digest proves that it was not edited after it was applied."""

    number: int
    phase: str
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        """Digest of the file's text, lower-case hex."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class SchemaStatus:
    """What a database has and lacks: numbers in ascending order."""

    applied: tuple[int, ...]
    pending: tuple[int, ...]
    unknown: tuple[int, ...]
    edited: tuple[int, ...]

    def require_current(self) -> None:
        """Raise unless this program and the database know the same migrations, to the letter."""
        if self.unknown:
            raise SchemaUnknown
        if self.edited:
            raise SchemaChanged
        if self.pending:
            raise SchemaOutdated


def read_migrations(packages: Iterable[str]) -> tuple[Migration, ...]:
    """Every migration of these packages (each has a ``migrations`` directory), by number."""
    found = [
        _read(file)
        for package in packages
        for file in (files(package) / "migrations").iterdir()
        if _NAME.match(file.name)
    ]
    return tuple(sorted(found, key=lambda migration: (migration.number, migration.phase == "post")))


def _read(file: Traversable) -> Migration:
    match = _NAME.match(file.name)
    assert match is not None  # noqa: S101 - narrowed for the type checker; the caller filtered by the same pattern
    return Migration(int(match["number"]), match["phase"], match["name"], file.read_text(encoding="utf-8"))


async def schema_status(connection: asyncpg.Connection, migrations: Sequence[Migration]) -> SchemaStatus:
    """Compare the database with the migrations this program brings."""
    applied = await _applied(connection)
    known = {migration.number: migration for migration in migrations}
    return SchemaStatus(
        applied=tuple(sorted(applied)),
        pending=tuple(number for number in known if number not in applied),
        unknown=tuple(sorted(number for number in applied if number not in known)),
        edited=tuple(
            sorted(number for number, digest in applied.items() if number in known and known[number].sha256 != digest)
        ),
    )


async def _applied(connection: asyncpg.Connection) -> dict[int, str]:
    if await connection.fetchval("SELECT to_regclass('shared.schema_migration')") is None:
        return {}
    rows = await connection.fetch("SELECT number, sha256 FROM shared.schema_migration ORDER BY number")
    return {row["number"]: row["sha256"] for row in rows}


async def migrate(dsn: str, packages: Iterable[str]) -> SchemaStatus:
    """Make roles and schemas where missing, apply what is pending, and return the status afterwards.

    ``dsn`` names an administrator the first time, and when a version brings a new role; ``migrator`` does otherwise.
    Raises ``SchemaUnknown``, ``SchemaChanged`` or ``AdministratorNeeded`` before anything is touched.
    """
    migrations = read_migrations(packages)
    connection = await asyncpg.connect(dsn)
    try:
        status = await schema_status(connection, migrations)
        if status.unknown or status.edited:
            status.require_current()
        if not status.applied or await _lacks_roles(connection):
            await _bootstrap(connection)
        for migration in migrations:
            if migration.number in status.pending:
                await _apply(connection, migration)
        return await schema_status(connection, migrations)
    finally:
        await connection.close()


async def _lacks_roles(connection: asyncpg.Connection) -> bool:
    known = await connection.fetchval("SELECT count(*) FROM pg_roles WHERE rolname = ANY ($1)", list(ROLES))
    return bool(known < len(ROLES))


async def _bootstrap(connection: asyncpg.Connection) -> None:
    try:
        await connection.execute((files("issuance_db") / "bootstrap.sql").read_text(encoding="utf-8"))
    except asyncpg.InsufficientPrivilegeError:
        raise AdministratorNeeded from None


async def _apply(connection: asyncpg.Connection, migration: Migration) -> None:
    async with connection.transaction():
        await connection.execute(migration.sql)
        await connection.execute("SET LOCAL ROLE shared_owner")
        await connection.execute(
            "INSERT INTO shared.schema_migration (number, phase, name, sha256) VALUES ($1, $2, $3, $4)",
            migration.number,
            migration.phase,
            migration.name,
            migration.sha256,
        )
