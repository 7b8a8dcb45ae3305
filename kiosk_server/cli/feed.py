"""`kiosk feed`: files of other registers, applied, compared and looked at."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from civil.clock import utc_now
from kiosk_server.cli.counter import as_staff, where
from kiosk_server.cli.failures import ANSWER_IS_NO
from kiosk_server.cli.feed_comparing import doubts, reconcile, release
from kiosk_server.cli.feed_layouts import chooser, layout
from kiosk_server.cli.feed_limit import limit
from kiosk_server.cli.feed_progress import progress_over
from kiosk_server.cli.feed_renumber import renumber
from kiosk_server.cli.feed_rows import aside, share
from kiosk_server.cli.feed_session import as_sync
from kiosk_server.cli.feed_sftp_key import sftp_key
from kiosk_server.cli.feed_watch import watch
from kiosk_server.cli.feed_words import say_receipt, say_status
from kiosk_server.settings import read_settings
from sync.feeds import Receipt, apply_file
from sync.feeds.status import SourceStatus, source_status


@click.group()
def feed() -> None:
    """Files of other registers: apply, compare, how old; docs/feeds.md shows them.

    印鑑登録・税・罹災・戸籍・電子証明書のファイルを適用する、照合する、鮮度を見る。
    """


for command in (layout, aside, doubts, limit, reconcile, release, renumber, sftp_key, share, watch):
    feed.add_command(command)


@feed.command()
@click.argument("files", type=click.Path(path_type=Path, dir_okay=False), nargs=-1, required=True)
@click.option(
    "--layout",
    "layout",
    help="レイアウト表(ファイル、または付属の例の名前)。省くと KIOSK_FEED_LAYOUTS から名前で選ぶ / "
    "the layout table: a file, or the name of an example; else chosen from KIOSK_FEED_LAYOUTS by the file's name",
)
@where
def apply(files: tuple[Path, ...], layout: str | None, **told: Any) -> int:
    """Apply files in the order given, each whole or not at all. Exit code 1 if one has to wait, or records were set aside.

    A wrong file is refused with line, item and reason, and stops there. The same file again changes nothing.

    ファイルを順に適用する。
    """
    receipts = asyncio.run(_apply(files, layout, told))
    return ANSWER_IS_NO if any(receipt.result == "waiting" or receipt.aside for receipt in receipts) else 0


@feed.command()
@where
def status(**told: Any) -> int:
    """How old the data of each source is. Exit code 1 if one is too old.

    各連携元の鮮度。
    """
    found = asyncio.run(_status(told))
    if not found:
        click.echo("まだ何も適用していません。 / Nothing was applied yet.")
    for source in found:
        say_status(source)
    return ANSWER_IS_NO if any(source.is_too_old for source in found) else 0


async def _apply(files: Sequence[Path], layout: str | None, told: dict[str, Any]) -> list[Receipt]:
    choose = chooser(layout, read_settings(told["settings_file"]).feed_layouts)
    receipts = []
    async with as_sync(told) as (connection, city):
        for file in files:
            table = choose(file.name)
            with file.open("rb") as stream, progress_over(stream) as watch:
                receipts.append(await apply_file(connection, city, stream, utc_now(), table, watch))
            say_receipt(file, receipts[-1])
    return receipts


async def _status(told: dict[str, Any]) -> Sequence[SourceStatus]:
    async with as_staff(told, readonly=True) as (connection, city):
        return await source_status(connection, city, utc_now())
