"""Making a database the demo's own, or refusing: one that holds anything and is not marked demo is never touched."""

import secrets
from typing import Final

import asyncpg

from civil.errors import KioskError
from civil.sql import load
from issuance_db.installation import mark, marker_of
from issuance_db.migrate import migrate
from issuance_db.roles import ROLES
from kiosk_server.demo.directory import DemoDirectory, make_private
from kiosk_server.embedded.secret_file import write_secret
from kiosk_server.processes.starting import SCHEMA_PACKAGES, connect

_SQL: Final = load("kiosk_server.demo", "claiming.sql")


class NotADemoDatabase(KioskError):
    """このデータベースは空でもデモ用でもないため、--demo では使えません。何も変更していません。空のデータベースを指定してください。 /
    This database is neither empty nor marked demo, so --demo does not use it; nothing was changed. Give an empty one."""


class ServerInUse(KioskError):
    """このサーバーでは別の発行サービスが動いています。デモには専用の PostgreSQL を使ってください。何も変更していません。 /
    Another installation uses this server. Give the demo a PostgreSQL of its own; nothing was changed."""


class OtherDataDirectory(KioskError):
    """このデータベースは別のデータディレクトリのデモのものです。そのデータディレクトリを --data-dir で指定してください。 /
    This database belongs to a demo with another data directory. Name that one with --data-dir."""


async def renew_database(server_url: str, name: str) -> None:
    """Drop what an interrupted first start left on our own embedded server, and make the database anew."""
    connection = await connect(server_url)
    try:
        await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        await connection.execute(f'CREATE DATABASE "{name}"')
    finally:
        await connection.close()


async def claim(admin_url: str, directory: DemoDirectory, *, is_first_start: bool, is_own_server: bool) -> None:
    """Check that the database is ours to use, migrate it, mark it demo and give the login roles their passwords.

    `is_own_server`: nobody else can have made roles on it.
    Raises NotADemoDatabase, ServerInUse, OtherDataDirectory, SchemaUnknown or SchemaChanged before anything is touched.
    """
    connection = await connect(admin_url)
    try:
        marker = await marker_of(connection)
        if marker is None:
            await _require_unused(connection, is_own_server=is_own_server)
        elif marker != "demo":
            raise NotADemoDatabase
        elif is_first_start:
            raise OtherDataDirectory
        await migrate(admin_url, SCHEMA_PACKAGES)
        await mark(connection, "demo")
        await _give_passwords(connection, directory, is_first_start=is_first_start)
    finally:
        await connection.close()


async def _require_unused(connection: asyncpg.Connection, *, is_own_server: bool) -> None:
    if await connection.fetchval(_SQL["foreign_relations"]):
        raise NotADemoDatabase
    if not is_own_server and await connection.fetchval(_SQL["known_roles"], list(ROLES)):
        raise ServerInUse


async def _give_passwords(connection: asyncpg.Connection, directory: DemoDirectory, *, is_first_start: bool) -> None:
    """All at the first start; later those of roles that a new version brought."""
    make_private(directory.passwords)
    for role in ROLES:
        if not is_first_start and (directory.passwords / role).exists():
            continue
        password = secrets.token_urlsafe(32)
        write_secret(directory.passwords / role, password)
        # A utility statement takes no parameters; role and password are of our own making and need no quoting.
        await connection.execute(f"ALTER ROLE {role} PASSWORD '{password}'")


async def analyze(admin_url: str) -> None:
    """Let the planner know what a bulk load brought, before anybody asks for it."""
    connection = await connect(admin_url)
    try:
        await connection.execute("ANALYZE")
    finally:
        await connection.close()
