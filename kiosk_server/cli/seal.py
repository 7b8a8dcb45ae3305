"""`kiosk seal`: publishing what those who check sheets need, and withdrawing a sheet that is out in the world."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Literal

import click

from civil.clock import utc_now
from issuance_db.seal_status import PlaceState, place_states, withdraw_sheet
from issuance_db.staff_acts import Actor
from keys.ending_keys import end_statement_key
from keys.purpose import STATEMENT_PURPOSES, Purpose
from kiosk_server.cli.counter import acting, actor, as_staff, at, where
from kiosk_server.cli.database import in_city, one_city, writing_url
from kiosk_server.cli.key_place import KeyPlace, keys_of
from kiosk_server.processes.lifecycle import Launch, Lifecycle
from kiosk_server.processes.publishing import Publish, keep_publishing
from kiosk_server.seal_publishing import publish as publish_files
from kiosk_server.web.logging import configure_logging

_ROLE = "publisher"


_valid_hours = click.option(
    "--valid-hours",
    type=click.IntRange(1, 24 * 31),
    default=48,
    show_default=True,
    help="状態リストの有効時間 / how long the lists count; publish again well before",
)
_city_name = click.option("--city-name", help="確認ページに示す市区町村名 / the city's name on the verification page")


@click.group()
def seal() -> None:
    """The visible seal (the code on each sheet): publish keys and status, withdraw a sheet.

    券面確認コード:鍵と状態リストを公開する、証明書を無効にする。
    """


@seal.command()
@where
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@_valid_hours
@_city_name
@click.option(
    "--every",
    type=click.IntRange(10, 24 * 3600),
    metavar="SECONDS",
    help="止められるまで、この秒数ごとに繰り返す / again after so many seconds, until stopped",
)
@click.option("--ready-fd", type=int, hidden=True)
def publish(
    *,
    directory: Path,
    valid_hours: int,
    city_name: str | None,
    every: int | None,
    ready_fd: int | None,
    **told: Any,
) -> None:
    """Write public keys, status lists and the verification page into DIRECTORY, for any web server. Run it every hour.

    公開鍵、状態リスト、確認ページを書き出す。1時間ごとに実行し、市のウェブサイトで公開する。
    """
    once = partial(_publish, told, directory, timedelta(hours=valid_hours), city_name)
    if every is None:
        city, months = asyncio.run(once())
        click.echo(f"公開用ファイル / published: {directory / city} ({', '.join(months)})")
    else:
        configure_logging()
        asyncio.run(_again(once, timedelta(seconds=every), ready_fd))


@seal.command("end-key")
@where
@click.argument("purpose", type=click.Choice([purpose.value for purpose in STATEMENT_PURPOSES]))
@click.argument("version", type=int)
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@_valid_hours
@_city_name
def end_key(
    *, purpose: str, version: int, directory: Path, valid_hours: int, city_name: str | None, **told: Any
) -> None:
    """End a key of the visible seal early, such as when somebody else may know it, and publish that at once.

    First make a new one (kiosk keys renew-seal) and see that every node has it: what the old key signs after its end is called
    forged. Sheets that it signed before stay true, and no sheet with an invented date is in the status list.

    券面確認コードの鍵を期限前に終わらせ、すぐに公開する。先に新しい鍵を作り、どのノードにも届いたことを確かめること。
    """
    place = KeyPlace.told(None, None, told["settings_file"])
    ended = end_statement_key(place.directory, place.passphrase(), Purpose(purpose), version)
    city, _ = asyncio.run(_publish(told, directory, timedelta(hours=valid_hours), city_name))
    click.echo(f"鍵を終わらせ、公開しました。 / Ended and published: {at(ended)}, {directory / city}")


@seal.command()
@acting
@click.argument("issuance_number")
@click.option(
    "--state",
    type=click.Choice(["void", "replaced"]),
    required=True,
    help="無効、または差し替え済み / void, or replaced by another",
)
def withdraw(*, issuance_number: str, state: Literal["void", "replaced"], by: str, reason: str, **told: Any) -> None:
    """Say that a sheet no longer stands. It cannot be taken back; the next list that is published says so.

    発行済みの証明書を無効にする。取り消せない。次に公開する状態リストに載る。
    """
    asyncio.run(_withdraw(told, issuance_number, state, actor(by, reason)))
    click.echo("無効にしました。公開すると反映されます。 / Withdrawn. Publish to make it known.")


async def _publish(
    told: Mapping[str, Any], directory: Path, valid: timedelta, city_name: str | None
) -> tuple[str, Sequence[str]]:
    """The city, and the months of the lists that were written."""
    settings_file = told["settings_file"]
    city = one_city(told["municipality_code"], settings_file)
    keys = keys_of(settings_file)
    now = utc_now()  # before the books are read: what comes after it is not missing from the list, but later than it
    places = await _places(writing_url(_ROLE, told["database_url"], settings_file), city)
    return city, publish_files(directory, city, places, keys, now, valid, city_name)


async def _again(once: Publish, every: timedelta, ready_fd: int | None) -> None:
    await keep_publishing(once, every, Lifecycle("publisher", Launch(ready_fd)))


async def _places(url: str, municipality_code: str) -> Sequence[PlaceState]:
    async with in_city(url, municipality_code) as (connection, _):
        return await place_states(connection)


async def _withdraw(told: Any, issuance_number: str, state: Literal["void", "replaced"], who: Actor) -> None:
    async with as_staff(told) as (connection, city):
        await withdraw_sheet(connection, city, issuance_number, state, who)
