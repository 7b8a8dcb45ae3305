"""`kiosk history`: the issuance history, to look at and to take along. It holds no names."""

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console
from rich.table import Table

from civil.calendar import JST
from issuance_db import history as books
from kiosk_server.cli.asking import write_private
from kiosk_server.cli.csv_file import csv_file
from kiosk_server.cli.database import database_url_option, in_city, settings_option, url_for
from kiosk_server.cli.failures import ANSWER_IS_NO
from kiosk_server.cli.running_demo import data_dir_option
from kiosk_server.cli.talking import one_line

_READER: Final = "fsck"
_LATEST: Final = 50
_WIDEST: Final = 1000
_DAY = click.DateTime(["%Y-%m-%d"])

Row = Mapping[str, Any]


def _common(command: Any) -> Any:
    for option in (
        data_dir_option,
        settings_option,
        click.option("--municipality-code", help="市区町村コード / the city; else the one the database URL sets"),
        database_url_option,
    ):
        command = option(command)
    return command


def _period(command: Any) -> Any:
    command = click.option("--until", type=_DAY, help="この日の前日まで(JST) / before this day, JST")(command)
    return click.option("--since", type=_DAY, help="この日から(JST) / from this day, JST")(command)


@click.group()
def history() -> None:
    """List, show and export what was asked and issued.

    発行履歴を見る、書き出す。
    """


@history.command("list")
@_common
@_period
@click.option("--limit", type=click.IntRange(min=1), help="最大件数 / at most so many [default: 50, with --json all]")
@click.option("--json", "as_json", is_flag=True, help="JSON の配列で / as a list of objects")
def list_(*, limit: int | None, as_json: bool, **where: Any) -> None:
    """Requests, newest first.

    請求の一覧(新しい順)。
    """
    rows = _requests(where, limit if as_json or limit else _LATEST)
    if as_json:
        one_line([_plain(row) for row in rows])
    else:
        _table(rows)


@history.command()
@click.argument("issuance_number")
@_common
@click.option("--json", "as_json", is_flag=True, help="JSON の配列で / as a list of objects")
def show(issuance_number: str, *, as_json: bool, **where: Any) -> int:
    """What happened to one issuance number, step by step. Exit code 1 if there is none, or a step was altered.

    発行番号ごとの経過。改ざんの有無も示す。
    """
    steps, level = asyncio.run(_steps(where, issuance_number))
    if as_json:
        one_line([_plain(step) for step in steps])
    elif steps:
        _steps_table(steps)
        _level_line(level)
    else:
        click.echo("その発行番号はありません。 / There is no such issuance number.", err=True)
    return 0 if steps and all(step["whole"] for step in steps) else ANSWER_IS_NO


@history.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@_common
@_period
@click.option("--json", "as_json", is_flag=True, help="CSV でなく JSON の配列で / a list of objects instead of CSV")
def export(file: Path, *, as_json: bool, **where: Any) -> None:
    """Write requests as CSV (UTF-8 with BOM, safe to open in a spreadsheet) to FILE, or - for standard output.

    CSV か JSON に書き出す。
    """
    rows = _requests(where, None)
    content = as_json_list(rows) if as_json else as_csv(rows)
    if str(file) == "-":
        click.echo(content, nl=False)
        sys.stdout.flush()
    else:
        write_private(file, content)
        click.echo(f"{len(rows)} 件 / {len(rows)} rows: {file}", err=True)


def as_json_list(rows: Sequence[Row]) -> bytes:
    """Rows as one line of JSON, as `kiosk history list --json` prints them."""
    return (json.dumps([_plain(row) for row in rows], ensure_ascii=False) + "\n").encode()


def as_csv(rows: Sequence[Row]) -> bytes:
    """Rows as CSV, for a spreadsheet."""
    return csv_file(_COLUMNS, map(_plain, rows))


_COLUMNS: Final = (
    "accepted_at",
    "issuance_number",
    "request_id",
    "state",
    "result_code",
    "kind",
    "fee",
    "pages",
    "outcome",
    "caller_id",
    "channel",
    "terminal_operator",
    "terminal_store",
    "terminal_id",
    "data_age_seconds",
    "level_asked",
    "level_made",
    "level_reason",
)


def _plain(row: Row) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}


def _requests(where: Row, limit: int | None) -> Sequence[Row]:
    return asyncio.run(_read_requests(where, limit))


async def _read_requests(where: Row, limit: int | None) -> Sequence[Row]:
    async with in_city(_url(where), where["municipality_code"]) as (connection, city):
        since, until = _start_of(where["since"]), _start_of(where["until"])
        return await books.list_requests(connection, city, since=since, until=until, limit=limit)


async def _steps(where: Row, issuance_number: str) -> tuple[Sequence[Row], books.RecordedLevel | None]:
    async with in_city(_url(where), where["municipality_code"]) as (connection, city):
        steps = await books.steps_of(connection, city, issuance_number)
        return steps, await books.level_of(connection, city, issuance_number)


def _url(where: Row) -> str:
    return url_for(_READER, where["database_url"], where["settings_file"], where["data_dir"])


def _start_of(day: datetime | None) -> datetime | None:
    return None if day is None else day.replace(tzinfo=JST)


def _table(rows: Sequence[Row]) -> None:
    table = Table(box=None, padding=(0, 2), header_style="bold")
    for heading in (
        "受付 / accepted",
        "発行番号 / number",
        "種別 / kind",
        "状態 / state",
        "手数料 / fee",
        "端末 / terminal",
    ):
        table.add_column(heading, no_wrap=True, justify="right" if "fee" in heading else "left")
    for row in rows:
        table.add_row(
            f"{row['accepted_at'].astimezone(JST):%Y-%m-%d %H:%M:%S}",
            row["issuance_number"] or "-",
            row["kind"] or "-",
            " ".join(filter(None, (row["state"], row["result_code"], row["outcome"], _lower_level(row)))),
            "-" if row["fee"] is None else f"{row['fee']}円",
            "/".join((row["terminal_operator"], row["terminal_store"], row["terminal_id"])),
        )
    _print(table)


def _level_line(level: books.RecordedLevel | None) -> None:
    if level is None:
        return
    why = "" if level.reason is None else f" ← {level.asked} ({level.reason})"
    click.echo(f"署名レベル / signature level: {level.made}{why}")


def _lower_level(row: Row) -> str | None:
    """What staff must see: a level below the one that was wanted, and why."""
    if row["level_reason"] is None:
        return None
    return f"{row['level_made']}<{row['level_asked']}({row['level_reason']})"


def _steps_table(steps: Sequence[Row]) -> None:
    table = Table(box=None, padding=(0, 2), header_style="bold")
    for heading in ("", "日時 / at", "状態 / state", "コード / code", "発行番号 / number", "無傷 / whole"):
        table.add_column(heading, no_wrap=True)
    for step in steps:
        at = f"{step['happened_at'].astimezone(JST):%Y-%m-%d %H:%M:%S.%f}"[:-3]
        whole = "✓" if step["whole"] else "✗"
        table.add_row(str(step["step"]), at, step["state"], step["code"] or "-", step["issuance_number"] or "-", whole)
    _print(table)


def _print(table: Table) -> None:
    # Text of terminals is shown as it is: rich must not read markup or links in it. A line that is too long for the
    # screen goes on in the next: nothing is cut.
    console = Console(markup=False, highlight=False, emoji=False)
    console.width = max(console.width, console.measure(table, options=console.options.update(width=_WIDEST)).maximum)
    console.print(table, soft_wrap=True)
