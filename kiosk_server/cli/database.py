"""The database a command looks at: told by URL, else the running demo's, else that of the settings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import click

from civil.errors import KioskError
from kiosk_server.cli.running_demo import said_by
from kiosk_server.processes.starting import connect
from kiosk_server.settings import read_settings

database_url_option = click.option(
    "--database-url",
    help="データベースの URL。省くと、動いているデモか設定のもの / else the running demo's, else that of the settings",
)
settings_option = click.option(
    "--settings", "settings_file", type=click.Path(path_type=Path), help="設定ファイル / settings file"
)


class CityUnknown(KioskError):
    """どの市区町村か分かりません。--municipality-code を指定してください。 /
    The database does not say which city. Give --municipality-code."""


def url_for(role: str, database_url: str | None, settings_file: Path | None, data_dir: Path) -> str:
    """The URL to use: as told, the running demo's reader, or this role of the settings. Raises SettingsInvalid."""
    if database_url is not None:
        return database_url
    if settings_file is None and (url := said_by(data_dir).get("database_url")) is not None:
        return str(url)
    return read_settings(settings_file).dsn(role)


@asynccontextmanager
async def in_city(url: str, municipality_code: str | None) -> AsyncIterator[tuple[asyncpg.Connection, str]]:
    """A read-only transaction that sees one city: the one told, else the one the URL sets. Raises CityUnknown."""
    connection = await connect(url)
    try:
        async with connection.transaction(readonly=True):
            city = municipality_code or await connection.fetchval("SELECT current_setting('kiosk.municipality', true)")
            if not city:
                raise CityUnknown
            await connection.execute("SELECT set_config('kiosk.municipality', $1, true)", city)
            yield connection, city
    finally:
        await connection.close()
