"""What the commands of `kiosk feed` share that take files."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from kiosk_server.cli.counter import Where
from kiosk_server.cli.database import one_city, writing_url
from kiosk_server.processes.starting import connect


@asynccontextmanager
async def as_sync(where: Where) -> AsyncIterator[tuple[asyncpg.Connection, str]]:
    """A connection as role sync, in no transaction, and the one city told. Raises CityUnknown, CodeWrong, SettingsInvalid."""
    city = one_city(where["municipality_code"], where["settings_file"])
    connection = await connect(writing_url("sync", where["database_url"], where["settings_file"]))
    try:
        yield connection, city
    finally:
        await connection.close()
