"""`kiosk registry`: what the resident registry does that no event asks for."""

import asyncio
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from civil.calendar import jst_date
from civil.clock import utc_now
from kiosk_server.cli.asking import write_private
from kiosk_server.cli.counter import where
from kiosk_server.cli.database import in_city, one_city, settings_option, writing_url
from kiosk_server.cli.failures import ANSWER_IS_NO
from kiosk_server.cli.registry_controls import disclose_, operations_, provide_, provisions_, review
from kiosk_server.cli.registry_counter import certificate_, notice
from kiosk_server.cli.registry_desk import DAY, period
from kiosk_server.cli.registry_due import due_moves
from kiosk_server.cli.registry_files import statistics_files
from kiosk_server.cli.registry_ledger import inspected, inspections_, ledger
from kiosk_server.processes.starting import connect
from registry.residents import (
    Moved,
    Population,
    imbalance,
    movements,
    natural_increase,
    population,
    social_increase,
    turn_year,
)

_ROLE = "registry"


@click.group()
def registry() -> None:
    """The resident registry (住民基本台帳)."""


for _command in (
    due_moves,
    certificate_,
    notice,
    ledger,
    inspected,
    inspections_,
    provide_,
    provisions_,
    operations_,
    review,
    disclose_,
):
    registry.add_command(_command)


@registry.command("turn-year")
@settings_option
@click.option("--database-url", help="データベースの URL。省くと設定のもの / else that of the settings")
@click.option("--day", type=DAY, help="この日として。省くと今日(日本時間) / else today in Japan")
def turn_year_(*, settings_file: Path | None, database_url: str | None, day: datetime | None) -> None:
    """Prepare the partitions of removed records for the years to come, and set aside those that ended five full years ago.

    Run it every day: it does nothing on an ordinary one, and puts right what was missed.

    除票の年次処理。毎日動かしてよい。翌年以降の置き場所を用意し、満5年を過ぎた年の除票を別置きする。遅れても取り戻せる。
    """
    on = jst_date(utc_now()) if day is None else day.date()
    moved = asyncio.run(_turn(writing_url(_ROLE, database_url, settings_file), on))
    click.echo(f"済みました。別置きした年の数: {moved} / Done. Years set aside: {moved}")


async def _turn(url: str, day: date) -> int:
    connection = await connect(url)
    try:
        return await turn_year(connection, day)
    finally:
        await connection.close()


@registry.command("statistics")
@where
@period
@click.option(
    "-o",
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="表(CSV、Excel)と図(SVG)を書くフォルダ / for tables and pictures",
)
def statistics(*, since: date, until: date, out: Path | None, **where: Any) -> int:
    """Count residents and households on two days, and everything between them that made a difference. Exit code 1 if that does not add up.

    For the yearly report: --since 2026-01-01 --until 2027-01-01. What counts is the day on which an event was recorded.

    人口、世帯、異動件数(出生・死亡・転入・転出 …)。処理日で数える。差引が合わなければ終了コード 1。
    """
    before, moved, after = asyncio.run(_count(where, since, until))
    if out is not None:
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, content in statistics_files(before, moved, after).items():
            write_private(out / name, content)
    return _tell(before, moved, after)


async def _count(
    where: Mapping[str, Any], since: date, until: date
) -> tuple[Population, tuple[Moved, ...], Population]:
    url = writing_url(_ROLE, where["database_url"], where["settings_file"])
    told = one_city(where["municipality_code"], where["settings_file"])
    async with in_city(url, told, isolation="repeatable_read") as (connection, city):
        before, after = await population(connection, city, since), await population(connection, city, until)
        return before, await movements(connection, city, since, until), after


def _tell(before: Population, moved: tuple[Moved, ...], after: Population) -> int:
    came = sum(one.persons for one in moved if one.is_entry)
    _tell_day(before)
    click.echo(f"  記載 {came:,}  消除 {sum(one.persons for one in moved) - came:,} / entries, removals")
    natural, social = natural_increase(moved), social_increase(moved)
    click.echo(f"  自然増減 {natural:+,}  社会増減 {social:+,} / natural, social increase")
    _tell_day(after)
    if off := imbalance(before, moved, after):
        click.echo(f"差引が合いません({sum(map(abs, off.values())):,}人)。 / The figures do not add up.")
        return ANSWER_IS_NO
    click.echo("差引は合っています。 / The figures add up.")
    return 0


def _tell_day(day: Population) -> None:
    homes = sum(home.all for home in day.households)
    foreign = day.persons(is_foreign=True)
    click.echo(f"{day.on} 人口 {day.persons():,} (外国人 {foreign:,}) 世帯 {homes:,} / persons (foreign), households")
