"""`kiosk db`: which migrations a database has, applying those it lacks, and passwords for its roles."""

import asyncio
from pathlib import Path

import click

from issuance_db.installation import Marker, mark
from issuance_db.migrate import SchemaStatus, migrate, read_migrations, schema_status
from kiosk_server.cli.database import database_url_option, settings_option, url_for
from kiosk_server.cli.failures import ANSWER_IS_NO
from kiosk_server.cli.role_passwords import passwords
from kiosk_server.cli.running_demo import data_dir_option
from kiosk_server.processes.starting import SCHEMA_PACKAGES, connect
from kiosk_server.settings import read_settings


@click.group()
def db() -> None:
    """Look at and migrate the database.

    データベースの版を見る、上げる。ロールのパスワードを作る。
    """


db.add_command(passwords)


@db.command()
@database_url_option
@settings_option
@data_dir_option
def status(database_url: str | None, settings_file: Path | None, data_dir: Path) -> int:
    """Which migrations the database has. Exit code 1 unless it is exactly what this program knows.

    データベースの版がこのプログラムと合っているか。
    """
    found = asyncio.run(_status(url_for("fsck", database_url, settings_file, data_dir)))
    _show(found)
    return ANSWER_IS_NO if found.pending or found.unknown or found.edited else 0


@db.command("migrate")
@database_url_option
@settings_option
@click.option(
    "--marker",
    type=click.Choice(["production", "demo"]),
    default="production",
    show_default=True,
    help="新しいデータベースの用途 / what a new database is for; said once",
)
def migrate_(database_url: str | None, settings_file: Path | None, marker: Marker) -> None:
    """Apply what is pending. The first time --database-url names an administrator; later role migrator will do.

    データベースの版を上げる。初回は管理者の --database-url で。
    """
    url = database_url or read_settings(settings_file).dsn("migrator")
    _show(asyncio.run(_migrate(url, marker)))


async def _status(url: str) -> SchemaStatus:
    connection = await connect(url)
    try:
        return await schema_status(connection, read_migrations(SCHEMA_PACKAGES))
    finally:
        await connection.close()


async def _migrate(url: str, marker: Marker) -> SchemaStatus:
    connection = await connect(url)
    try:
        found = await migrate(url, SCHEMA_PACKAGES)
        await mark(connection, marker)
        return found
    finally:
        await connection.close()


def _show(found: SchemaStatus) -> None:
    for label, numbers in (
        ("適用済み / applied", found.applied),
        ("未適用 / pending", found.pending),
        ("このプログラムの知らない版 / unknown to this program", found.unknown),
        ("適用後に書き換えられた版 / edited after it was applied", found.edited),
    ):
        if numbers or label.startswith("適用済み"):
            click.echo(f"{label}: {', '.join(f'{number:04}' for number in numbers) or '-'}")
