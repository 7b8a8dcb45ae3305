"""`kiosk feed reconcile`, `doubts` and `release`: what we hold beside the source's own list or what its files said, and who differs."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import click

from civil.clock import utc_now
from issuance_db.staff_acts import Actor
from kiosk_server.cli.asking import write_private
from kiosk_server.cli.counter import acting, actor, as_staff, where
from kiosk_server.cli.csv_file import csv_file
from kiosk_server.cli.failures import ANSWER_IS_NO
from kiosk_server.cli.feed_session import as_sync
from kiosk_server.cli.feed_words import say_comparison, say_doubt, say_said
from kiosk_server.settings import read_settings
from sync.feeds import SourceComparison, compare_source
from sync.feeds.fed_sources import FED_SOURCES
from sync.feeds.said_comparing import FedReconciler, SaidComparison
from sync.feeds.status import list_source_doubts, release_doubt

_COLUMNS: Final = ("source", "number", "since", "found_by", "difference", "items", "since_file")
_COMPARED: Final = [source.name for source in FED_SOURCES if source.keys]


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option("--source", type=click.Choice(_COMPARED), help="連携元。省くと全部 / of one source; else of all")
@click.option("--number", "numbers", multiple=True, help="宛名番号・戸籍の番号。省くと全員 / else everybody")
@where
def reconcile(file: Path | None, source: str | None, numbers: tuple[str, ...], **told: Any) -> int:
    """Compare what we hold with the register's own list FILE, both ways; without one, with what its files said last.

    Exit code 1 if anything differs. Nobody who differs gets a certificate of that source until they are equal again. A list needs
    KIOSK_FEED_KEY_FILE.

    連携元の一覧と、省くと連携元がファイルで最後に伝えた内容と照合する(整合処理)。
    """
    if file is not None:
        done = asyncio.run(_reconcile(file, told))
        say_comparison(done)
        return 0 if done.differences.is_equal else ANSWER_IS_NO
    all_done = asyncio.run(_compare(source, numbers, told))
    for one in all_done:
        say_said(one)
    if not all_done:
        click.echo(
            "照合できる連携元がありません。先に全件ファイルを適用してください。 / Nothing to compare: a full file has to come first."
        )
    return ANSWER_IS_NO if any(one.differences for one in all_done) else 0


@click.command()
@click.option("--csv", "file", type=click.Path(path_type=Path, dir_okay=False), help="CSV に書き出す / write as CSV")
@where
def doubts(file: Path | None, **told: Any) -> int:
    """List who differs from a source, how, since which of its files, and what to do. Exit code 1 if anybody does.

    連携元との照合で違いのある人・戸籍の一覧。
    """
    rows = asyncio.run(_doubts(told))
    for row in rows:
        say_doubt(row)
    if file is not None:
        write_private(file, csv_file(_COLUMNS, ({**row, "items": " ".join(row["items"] or ())} for row in rows)))
    click.echo(f"{len(rows)}件 / found")
    return ANSWER_IS_NO if rows else 0


@click.command()
@click.argument("source", type=click.Choice(_COMPARED))
@click.argument("number")
@acting
def release(*, source: str, number: str, by: str, reason: str, **told: Any) -> None:
    """Let somebody go whom a list of SOURCE stopped, after a look: the list was wrong. The next list may stop them again.

    一覧との照合で止めた人の停止を、確かめた後で解く。
    """
    asyncio.run(_release(source, number, actor(by, reason), told))
    click.echo("停止を解きました。 / Released.")


async def _reconcile(file: Path, told: dict[str, Any]) -> SourceComparison:
    key = read_settings(told["settings_file"]).feed_key()
    async with as_sync(told) as (connection, city):
        with file.open("rb") as stream:
            return await compare_source(connection, city, stream, key, utc_now())


async def _compare(source: str | None, numbers: Sequence[str], told: dict[str, Any]) -> list[SaidComparison]:
    async with as_sync(told) as (connection, city):
        reconciler = FedReconciler(connection, city, utc_now)
        sources = [one.source for one in await reconciler.begun() if source in {None, one.source.name}]
        return [await (reconciler.numbers(one, numbers) if numbers else reconciler.whole(one)) for one in sources]


async def _doubts(told: dict[str, Any]) -> Sequence[dict[str, Any]]:
    async with as_staff(told, readonly=True) as (connection, city):
        return await list_source_doubts(connection, city)


async def _release(source: str, number: str, who: Actor, told: dict[str, Any]) -> None:
    async with as_staff(told) as (connection, city):
        await release_doubt(connection, city, source, number, who)
