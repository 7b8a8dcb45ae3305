"""`kiosk registry`: work of the resident registry that no event asks for."""

import asyncio
from datetime import date, datetime
from pathlib import Path

import click

from civil.calendar import jst_date
from civil.clock import utc_now
from kiosk_server.cli.database import settings_option, writing_url
from kiosk_server.processes.starting import connect
from registry.residents import turn_year

_ROLE = "registry"


@click.group()
def registry() -> None:
    """The resident registry (住民基本台帳)."""


@registry.command("turn-year")
@settings_option
@click.option("--database-url", help="データベースの URL。省くと設定のもの / else that of the settings")
@click.option(
    "--day", type=click.DateTime(["%Y-%m-%d"]), help="この日として。省くと今日(日本時間) / else today in Japan"
)
def turn_year_(*, settings_file: Path | None, database_url: str | None, day: datetime | None) -> None:
    """Prepare the partitions of removed records for the years to come, and set aside those that ended five full years ago.

    Run it every day: it does nothing on an ordinary one, and puts right what was missed.

    除票の年次処理。毎日動かしてよい。翌年以降の置き場所を用意し、満5年を過ぎた年の除票を別置きする。遅れても取り戻せる。
    """
    on = jst_date(utc_now()) if day is None else day.date()
    moved = asyncio.run(_turn(writing_url(_ROLE, database_url, settings_file), on))
    click.echo(f"済みました。別置きした年: {moved} / Done. Years set aside: {moved}")


async def _turn(url: str, day: date) -> int:
    connection = await connect(url)
    try:
        return await turn_year(connection, day)
    finally:
        await connection.close()
