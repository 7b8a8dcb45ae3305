"""What the commands of the register share: whose books, who acts, which days, and the file that is written."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any, Final

import asyncpg
import click

from civil.errors import KioskError
from issuance_db.suppressions import suppressed_persons
from kiosk_server.cli.asking import place_for_a_file
from kiosk_server.cli.counter import Where, actor, as_staff
from kiosk_server.cli.database import in_city, one_city, writing_url
from kiosk_server.processes.starting import connect
from registry.residents import Inquirer

_ROLE: Final = "registry"
DAY: Final = click.DateTime(["%Y-%m-%d"])
STAFF_URL: Final = click.option(
    "--staff-database-url",
    help="発行側のデータベースの URL。省くと設定のもの / of the issuing side; else that of the settings",
)


class EmptyPeriod(KioskError):
    """--until は --since より後の日にしてください。 / --until must be a later day than --since."""


def out(what: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """-o, the file to write."""
    place = click.Path(dir_okay=False, path_type=Path)
    return click.option("-o", "--out", required=True, type=place, callback=place_for_a_file, help=what)


def period(command: Callable[..., Any]) -> Callable[..., Any]:
    """--since and --until, JST dates, the last not included. Raises EmptyPeriod."""

    @click.option(
        "--since", type=DAY, required=True, help="この日の始まりから(日本時間) / from the beginning of this day"
    )
    @click.option("--until", type=DAY, required=True, help="この日の始まりまで / to the beginning of this day")
    @wraps(command)
    def within(*, since: datetime, until: datetime, **told: Any) -> Any:
        if until <= since:
            raise EmptyPeriod
        return command(since=since.date(), until=until.date(), **told)

    return within


def staff_of(by: str, reason: str) -> Inquirer:
    """Who acts and why, as the register keeps it. Raises NobodyActs, UnacceptableText."""
    who = actor(by, reason)
    return Inquirer(who.name, who.reason)


def in_register(where: Where, *, readonly: bool = False) -> AbstractAsyncContextManager[tuple[asyncpg.Connection, str]]:
    """A transaction as role registry in the one city told. Raises CityUnknown, CodeWrong, SettingsInvalid."""
    url = writing_url(_ROLE, where["database_url"], where["settings_file"])
    return in_city(url, one_city(where["municipality_code"], where["settings_file"]), readonly=readonly)


@asynccontextmanager
async def at_register(where: Where) -> AsyncIterator[tuple[asyncpg.Connection, str]]:
    """As ``in_register``, outside any transaction."""
    city = one_city(where["municipality_code"], where["settings_file"])
    connection = await connect(writing_url(_ROLE, where["database_url"], where["settings_file"]))
    try:
        yield connection, city
    finally:
        await connection.close()


def in_front(where: Where) -> AbstractAsyncContextManager[tuple[asyncpg.Connection, str]]:
    """A transaction on the issuing side, as role staff, that only reads."""
    return as_staff({**where, "database_url": where["staff_database_url"]}, readonly=True)


async def protected_in_front(where: Where) -> frozenset[str]:
    """Whom staff or a feed protect on the issuing side, which the register does not know."""
    async with in_front(where) as (connection, city):
        return await suppressed_persons(connection, city)
