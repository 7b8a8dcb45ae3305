"""`kiosk changeover`: before another system is switched off, everything it printed is looked for in what we would print."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.table import Table

import pdf
from civil.clock import utc_now
from kiosk_server.changeover import Checked, Finding, Listed, check_export
from kiosk_server.changeover.export_file import LABELS, Export
from kiosk_server.cli.database import in_city, one_city, settings_option, writing_url
from kiosk_server.cli.failures import ANSWER_IS_NO

_ROLE: Final = "fsck"
_FIELD_WIDTH: Final = 60
_FINDING_WIDTH: Final = 40
_WORDS: Final = {
    Finding.EQUAL: "同じ / equal",
    Finding.KNOWN_BLANK: "承知の空欄 / knowingly blank",
    Finding.LOST: "失われた / lost",
    Finding.CHANGED: "変わった / changed",
    Finding.APPEARED: "新たに印字 / appeared",
    Finding.NO_SUCH_PERSON: "当方にいない人 / person not here",
    Finding.NOT_EXPORTED: "書き出しにない人 / person not in the file",
    Finding.UNPRINTABLE: "印字できない / cannot be printed",
}


@click.group()
def changeover() -> None:
    """Changing from another system; docs/changeover.md shows the file.

    他のシステムからの移行を確かめる。
    """


@changeover.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@settings_option
@click.option("--database-url", help="データベースの URL。省くと設定のもの / else that of the settings")
@click.option("--municipality-code", help="市区町村コード6桁。省くと設定のもの / the city; else that of the settings")
@click.option("--limit", default=50, type=click.IntRange(min=0), help="一覧の最大件数 / list at most so many")
def check(
    file: Path, settings_file: Path | None, database_url: str | None, municipality_code: str | None, limit: int
) -> int:
    """Compare every field the other system printed with what we would print. Exit code 1 if anything differs.

    It shows person numbers and fields, never what they say.

    旧システムの印字項目と、当方が印字するものを、全員・全項目について照合する。
    """
    city = one_city(municipality_code, settings_file)
    done = asyncio.run(_check(file, writing_url(_ROLE, database_url, settings_file), city))
    _say(done, limit)
    return ANSWER_IS_NO if done.differences else 0


async def _check(file: Path, url: str, city: str) -> Checked:
    async with in_city(url, city) as (connection, _):
        with file.open("rb") as stream:
            return await check_export(connection, city, Export(stream), pdf.FontChain(), utc_now())


def _say(done: Checked, limit: int) -> None:
    click.echo(f"{done.persons}人 / persons")
    used = [finding for finding in Finding if any(found is finding for _, found in done.counts)]
    table = Table(box=None, padding=(0, 2), header_style="bold")
    table.add_column("項目 / field", no_wrap=True)
    for finding in used:
        table.add_column(_WORDS[finding], justify="right")
    for field in sorted({field for field, _ in done.counts}):
        table.add_row(
            f"{field}  {LABELS.get(field, '')}".rstrip(), *(str(done.counts[field, finding] or "-") for finding in used)
        )
    console = Console(markup=False, highlight=False, emoji=False)
    # Nothing is cut: a line too long for the screen goes on in the next.
    console.width = max(console.width, _FIELD_WIDTH + _FINDING_WIDTH * len(used))
    console.print(table, soft_wrap=True)
    _list(done.differences, limit)


def _list(differences: Sequence[Listed], limit: int) -> None:
    if not differences:
        click.echo("すべて同じか、承知の空欄です。 / Everything is equal or knowingly blank.")
        return
    click.echo(f"違い / differences: {len(differences)}")
    for one in differences[:limit]:
        click.echo(f"  {one.person_number}  {one.field}  {_WORDS[one.finding]}")
    if len(differences) > limit:
        click.echo("  … --limit")
