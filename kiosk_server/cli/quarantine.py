"""`kiosk quarantine`: documents that failed, opened by two persons together."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from civil.errors import KioskError
from issuance_db.quarantines import approve_opening, list_quarantined, open_quarantined
from issuance_db.staff_acts import Actor
from keys.provider import KeyProvider
from keys.purpose import Purpose
from keys.sealing import unseal
from kiosk_server.cli.counter import acting, actor, as_staff, at, by_option, text, where
from kiosk_server.cli.key_place import keys_of
from kiosk_server.issuing.ending import quarantine_binding

Row = Mapping[str, Any]


class FileIsThere(KioskError):
    """出力先のファイルが既にあります。 / The output file is there already."""


@click.group()
def quarantine() -> None:
    """Documents that failed the inspection or the comparison. They hold personal data: destroy what you opened.

    検査で不一致になった文書。
    """


@quarantine.command("list")
@where
def list_(**told: Any) -> None:
    """List every one, without content.

    隔離文書の一覧。
    """
    rows = asyncio.run(_list(told))
    for row in rows:
        until = "消去済み / destroyed" if row["destroyed_at"] else f"{at(row['delete_after'])} まで / kept until"
        approved = f"  承認 / approved: {', '.join(row['approved_by'])}" if row["approved_by"] else ""
        click.echo(f"{row['issuance_number']}  {row['cause']}  {at(row['quarantined_at'])}  {until}{approved}")
    click.echo(f"{len(rows)}件 / found")


@quarantine.command()
@acting
@click.argument("issuance_number")
def approve(*, issuance_number: str, by: str, reason: str, **told: Any) -> None:
    """Approve, as one of two persons, that a document is opened.

    開封を承認する(2人)。
    """
    asyncio.run(_approve(told, issuance_number, actor(by, reason)))
    click.echo("承認しました。 / Approved.")


@quarantine.command("open")
@where
@by_option
@click.argument("issuance_number")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="書き出す PDF(0600)。見たら消す / the file, mode 0600; delete it after the look",
)
def open_(*, issuance_number: str, by: str, output: Path, **told: Any) -> None:
    """Decrypt a document that two persons approved to a file, as one of them. Kept in history each time.

    承認した1人が開封する。開封は毎回履歴に残る。
    """
    keys = keys_of(told["settings_file"])
    asyncio.run(_open(told, issuance_number, text("--by", by), output, keys))
    click.echo(f"{output} に書き出しました。見終えたら消してください。 / Written. Delete it after the look.")


async def _list(told: Row) -> Sequence[Row]:
    async with as_staff(told, readonly=True) as (connection, city):
        return await list_quarantined(connection, city)


async def _approve(told: Row, issuance_number: str, who: Actor) -> None:
    async with as_staff(told) as (connection, city):
        await approve_opening(connection, city, issuance_number, who)


async def _open(told: Row, issuance_number: str, by: str, output: Path, keys: KeyProvider) -> None:
    """The act is committed before the file is there: nobody looks without a trace."""
    async with as_staff(told) as (connection, city):
        found = await open_quarantined(connection, issuance_number, by)
    key = keys.secret(Purpose.QUARANTINE, found.key_version)
    _write_new(output, unseal(key, found.sealed, quarantine_binding(city, issuance_number)))


def _write_new(output: Path, content: bytes) -> None:
    try:
        descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except FileExistsError:
        raise FileIsThere from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
