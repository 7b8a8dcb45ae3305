"""The database a command looks at: told by URL, else the running demo's, else that of the settings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import asyncpg
import click

from civil.check_digits import municipality_code_ok
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


class CodeWrong(KioskError):
    """市区町村コードは検査数字を含む6桁です。 / A municipality code has six digits with a right check digit."""


def url_for(role: str, database_url: str | None, settings_file: Path | None, data_dir: Path) -> str:
    """The URL to use: as told, the running demo's reader, or this role of the settings. Raises SettingsInvalid."""
    if database_url is not None:
        return database_url
    if settings_file is None and (url := said_by(data_dir).get("database_url")) is not None:
        return str(url)
    return read_settings(settings_file).dsn(role)


def writing_url(role: str, database_url: str | None, settings_file: Path | None) -> str:
    """The URL for a command that writes: as told, else this role of the settings; never that of a demo. Raises SettingsInvalid."""
    return read_settings(settings_file).dsn(role) if database_url is None else database_url


def one_city(municipality_code: str | None, settings_file: Path | None) -> str:
    """The city told, else the only one of the settings. Raises CityUnknown, CodeWrong."""
    codes = read_settings(settings_file).municipality_codes if municipality_code is None else (municipality_code,)
    if len(codes) != 1:
        raise CityUnknown
    if not municipality_code_ok(codes[0]):
        raise CodeWrong
    return codes[0]


@asynccontextmanager
async def in_city(
    url: str,
    municipality_code: str | None,
    *,
    readonly: bool = True,
    isolation: Literal["read_committed", "repeatable_read"] = "read_committed",
) -> AsyncIterator[tuple[asyncpg.Connection, str]]:
    """A transaction that sees one city: the one told, else the one the URL sets. Raises CityUnknown."""
    connection = await connect(url)
    try:
        async with connection.transaction(isolation=isolation, readonly=readonly):
            city = municipality_code or await connection.fetchval("SELECT current_setting('kiosk.municipality', true)")
            if not city:
                raise CityUnknown
            await connection.execute("SELECT set_config('kiosk.municipality', $1, true)", city)
            yield connection, city
    finally:
        await connection.close()
