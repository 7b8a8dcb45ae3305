"""`kiosk feed watch`: an inbox looked at by hand, once or until stopped."""

import asyncio
from pathlib import Path
from typing import Any, Final

import click

from civil.clock import utc_now
from kiosk_server.cli.counter import where
from kiosk_server.cli.failures import ANSWER_IS_NO
from kiosk_server.cli.feed_session import as_sync
from kiosk_server.settings import Settings, read_settings
from sync.feeds.folder import Folder
from sync.feeds.folder_pass import FolderPass, Outcome
from sync.feeds.layout_tables import tables_in

_POLL_SECONDS: Final = 2.0
_WORDS: Final = {
    "applied": "適用しました / applied",
    "repeated": "適用済みです / it was applied already",
    "overtaken": "全件ファイルで反映済みです / a full file has it already",
    "waiting": "待っています / it waits",
    "refused": "断りました / refused",
    "equal": "一致しました / equal",
    "different": "違いがあります / different",
}


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--once", is_flag=True, help="1度だけ見て終わる / look once, and end")
@where
def watch(directory: Path, *, once: bool, **told: Any) -> int:
    """Take the files that are put into DIRECTORY, each once and in order, until stopped; receipts lie in its `receipts`.

    With --once, exit code 1 if a file waits, was refused or differs. `kiosk serve sync` does the same for KIOSK_FEED_INBOX.

    フォルダーに置かれたファイルを適用する。
    """
    outcomes = asyncio.run(_watch(directory, told, once=once))
    return ANSWER_IS_NO if any(outcome.result in {"waiting", "refused", "different"} for outcome in outcomes) else 0


async def _watch(directory: Path, told: dict[str, Any], *, once: bool) -> list[Outcome]:
    settings = read_settings(told["settings_file"])
    async with as_sync(told) as (connection, city):
        one = _pass(connection, city, directory, settings)
        while True:
            outcomes = await one.look(utc_now())
            for outcome in outcomes:
                click.echo(f"{outcome.name}: {_WORDS[outcome.result]}")
            if once:
                return outcomes
            await asyncio.sleep(_POLL_SECONDS)


def _pass(connection: Any, city: str, directory: Path, settings: Settings) -> FolderPass:
    layouts = settings.feed_layouts
    key = None if settings.feed_key_file is None else settings.feed_key()
    return FolderPass(connection, city, Folder(directory), (lambda: tables_in(layouts)) if layouts else tuple, key)
