"""`kiosk erasure`: personal columns of history and ended applications past retention are erased by two persons (role purger)."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from civil.calendar import JST
from issuance_db.log.erasing import approve_erasure, ask_for_erasure, erase
from kiosk_server.cli.database import database_url_option, in_city, one_city, settings_option, writing_url

_ROLE = "purger"
_BY = click.option("--by", required=True, help="承認する職員 / who approves")


def _common(command: Any) -> Any:
    for option in (
        settings_option,
        click.option("--municipality-code", help="市区町村コード / the city; else the one of the settings"),
        database_url_option,
    ):
        command = option(command)
    return command


@click.group()
def erasure() -> None:
    """Erase personal columns of history past retention: one person asks, another approves, then it is carried out.

    保存期間を過ぎた履歴の個人情報を二人の承認で消去する。消去そのものも履歴に残る。
    """


@erasure.command()
@_common
@click.option(
    "--entered-before",
    type=click.DateTime(["%Y-%m-%d"]),
    required=True,
    help="この日より前に記録された行(JST) / rows entered before this day, JST",
)
@click.option("--reason", required=True, help="理由 / why")
@_BY
def ask(entered_before: datetime, reason: str, by: str, **where: Any) -> None:
    """Ask for an erasure, and approve it as the first of two persons.

    消去を申請し、一人目として承認する。
    """
    number = asyncio.run(_ask(where, entered_before.replace(tzinfo=JST), reason, by))
    click.echo(f"申請番号 / asked for under: {number}")


@erasure.command()
@click.argument("number", type=int)
@_common
@_BY
def approve(number: int, by: str, **where: Any) -> None:
    """Approve an erasure as the second person.

    二人目として承認する。
    """
    click.echo(f"承認 / approvals: {asyncio.run(_approve(where, number, by))}")


@erasure.command("run")
@click.argument("number", type=int)
@_common
def run_(number: int, **where: Any) -> None:
    """Carry out an approved erasure. Nothing younger than five years is touched, whatever was asked.

    承認された消去を実行する。五年未満の行には触れない。
    """
    for table, count in asyncio.run(_erase(where, number)).items():
        click.echo(f"{table}: {count} 行 / rows")


async def _ask(where: Mapping[str, Any], before: datetime, reason: str, by: str) -> int:
    async with in_city(*_place(where), readonly=False) as (connection, city):
        number = await ask_for_erasure(connection, city, before, reason)
        await approve_erasure(connection, city, number, by)
        return number


async def _approve(where: Mapping[str, Any], number: int, by: str) -> int:
    async with in_city(*_place(where), readonly=False) as (connection, city):
        return await approve_erasure(connection, city, number, by)


async def _erase(where: Mapping[str, Any], number: int) -> Mapping[str, int]:
    async with in_city(*_place(where), readonly=False) as (connection, city):
        return await erase(connection, city, number)


def _place(where: Mapping[str, Any]) -> tuple[str, str]:
    settings_file: Path | None = where["settings_file"]
    url = writing_url(_ROLE, where["database_url"], settings_file)
    return url, one_city(where["municipality_code"], settings_file)
