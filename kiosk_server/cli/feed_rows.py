"""`kiosk feed aside` and `kiosk feed share`: records that could not be read, and how much a file may change."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import asyncpg
import click

from civil.calendar import JST
from civil.clock import utc_now
from kiosk_server.cli.asking import write_private
from kiosk_server.cli.counter import actor, as_staff, by_option, reason_option, where
from kiosk_server.cli.csv_file import csv_file
from kiosk_server.cli.failures import ANSWER_IS_NO
from kiosk_server.sources.names import named
from kiosk_server.sources.setting import one_source, store_shares
from sync.feeds.fed_sources import FED_SOURCES
from sync.feeds.status import SourceStatus, list_aside

_COLUMNS = ("source", "layout", "file_number", "line", "item", "reason", "record_key", "since")


@click.command()
@click.option("--csv", "file", type=click.Path(path_type=Path, dir_okay=False), help="CSV に書き出す / write as CSV")
@where
def aside(file: Path | None, **told: Any) -> int:
    """List the records that could not be read, with file, line, item and reason. Exit code 1 if there are any.

    Nothing is issued from them. A later file that has the record sound, or a full file, ends it.

    読めずに除いた行の一覧。
    """
    rows = asyncio.run(_aside(told))
    for row in rows:
        click.echo(
            f"{named(row['source'])}  {row['record_key']}  {row['layout']} {row['file_number']}: {row['line']}: {row['item']}: "
            f"{row['reason']}  {row['since'].astimezone(JST):%Y-%m-%d %H:%M}"
        )
    if file is not None:
        write_private(file, csv_file(_COLUMNS, (dict(row.items()) for row in rows)))
    click.echo(f"{len(rows)}件 / records")
    return ANSWER_IS_NO if rows else 0


@click.command()
@click.argument("source", type=click.Choice([source.name for source in FED_SOURCES]))
@click.option(
    "--lost", type=click.IntRange(0, 100), help="減る・読めない割合の上限(%) / most that may go or be unreadable, in %"
)
@click.option("--changed", type=click.IntRange(0, 100), help="変わる割合の上限(%) / most that may change, in %")
@by_option
@reason_option
@where
def share(source: str, lost: int | None, changed: int | None, by: str, reason: str, **told: Any) -> None:
    """Set how much of a source one file may take away and change; past that the file is refused as a whole.

    1つのファイルで減ってよい・変わってよい割合を決める。
    """
    now = asyncio.run(_share(source, lost, changed, (by, reason), told))
    click.echo(
        f"{named(source)}: なくなる・読めない {now.most_lost_percent}%、変わる {now.most_changed_percent}% まで / "
        f"up to {now.most_lost_percent}% may go or be unreadable, {now.most_changed_percent}% may change"
    )


async def _aside(told: Any) -> Sequence[asyncpg.Record]:
    async with as_staff(told, readonly=True) as (connection, city):
        return await list_aside(connection, city)


async def _share(source: str, lost: int | None, changed: int | None, who: tuple[str, str], told: Any) -> SourceStatus:
    acts = actor(*who)
    async with as_staff(told) as (connection, city):
        await store_shares(connection, city, source, (lost, changed), acts)
        return await one_source(connection, city, source, utc_now())
