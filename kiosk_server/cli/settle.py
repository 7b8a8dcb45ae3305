"""`kiosk settle`: the centre's daily statement, taken in and matched with what we answered."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import asyncpg
import click

from civil.calendar import JST
from civil.clock import utc_now
from issuance_db.settlement import centres
from kiosk_server.cli.counter import as_staff, where
from kiosk_server.cli.failures import ANSWER_IS_NO
from kiosk_server.settling import Imported, MatchedDay, import_statement, match_day
from kiosk_server.settling.errors import NotOneCentre
from kiosk_server.settling.statement_file import read_statement
from kiosk_server.settling.wording import in_words
from reconcile import Finding

_DAY = click.DateTime(["%Y-%m-%d"])


def _where(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--caller-id", help="交付センターの ID。1つだけなら省ける / of the centre; not needed if there is one"
    )(where(command))


@click.group()
def settle() -> None:
    """Match the centre's daily statement with our books; docs/settlement.md shows the file.

    交付センターの日次明細と発行履歴を突き合わせる。
    """


@settle.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@_where
def import_(file: Path, **told: Any) -> None:
    """Take a statement in, all or nothing. The same file again changes nothing.

    明細を取り込む。
    """
    done = asyncio.run(_import(file, told))
    key = done.key
    click.echo(
        f"{key.statement_on} 版{key.edition} {done.lines}件 {done.fees_yen:,}円  / "
        f"edition {key.edition}, {done.lines} lines, {done.fees_yen:,} yen"
    )
    click.echo("取り込みました。 / Taken in." if done.is_new else "取り込み済みです。 / It was taken in already.")


@settle.command("match")
@click.option("--date", "day", type=_DAY, required=True, help="明細の日(JST) / day of the statement, JST")
@click.option("--even-if-many", is_flag=True, help="違いが多くても記録する / record many differences too")
@_where
def match(day: datetime, *, even_if_many: bool, **told: Any) -> int:
    """Match a day, and say what differs. Exit code 1 if anything does. Each new difference opens an alert.

    突き合わせる。違いがあれば1件ずつ示し、警報を開く。
    """
    done = asyncio.run(_match(day.date(), told, even_if_many=even_if_many))
    _say(done)
    return ANSWER_IS_NO if done.differences else 0


async def _import(file: Path, told: dict[str, Any]) -> Imported:
    with file.open("rb") as stream:
        statement = read_statement(stream)
    async with _of_centre(told) as (connection, city, caller_id):
        return await import_statement(connection, city, caller_id, statement, utc_now())


async def _match(day: date, told: dict[str, Any], *, even_if_many: bool) -> MatchedDay:
    async with _of_centre(told) as (connection, city, caller_id):
        return await match_day(connection, city, caller_id, day, utc_now(), even_if_many=even_if_many)


@asynccontextmanager
async def _of_centre(told: dict[str, Any]) -> AsyncIterator[tuple[asyncpg.Connection, str, str]]:
    async with as_staff(told) as (connection, city):
        named = (told["caller_id"],) if told["caller_id"] else await centres(connection, city)
        if len(named) != 1:
            raise NotOneCentre
        yield connection, city, named[0]


def _say(done: MatchedDay) -> None:
    key = done.key
    click.echo(
        f"{key.statement_on} 版{key.edition}({key.caller_id})、締め {done.closed_at.astimezone(JST):%m-%d %H:%M} JST / "
        f"edition {key.edition} of {key.caller_id}, closed then"
    )
    click.echo(f"  {done.count(Finding.AGREED):>6}  一致 / agreed")
    click.echo(f"  {done.count(Finding.SETTLED):>6}  明細で確定 / settled by the statement")
    click.echo(f"  {len(done.differences):>6}  違い / differences")
    for one in done.differences:
        line = "-" if one.line is None else f"{one.line}行目 / line {one.line}"
        click.echo(f"{one.issuance_number}  {line}\n    {in_words(one)}")
    if done.alerts:
        click.echo(f"警報を{done.alerts}件開きました。 / {done.alerts} alerts opened.")
