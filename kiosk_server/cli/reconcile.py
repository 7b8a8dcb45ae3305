"""`kiosk reconcile`: 発行用住民票 against the register, both ways; who differs and why; and the repair of a record."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import click

from civil.clock import utc_now
from issuance_db.repairs import approve_repair, list_doubts
from issuance_db.staff_acts import Actor
from kiosk_server.cli.asking import write_private
from kiosk_server.cli.counter import acting, actor, as_staff, where
from kiosk_server.cli.csv_file import csv_file
from kiosk_server.cli.database import one_city, writing_url
from kiosk_server.cli.failures import ANSWER_IS_NO
from kiosk_server.cli.reconcile_words import say_doubt, say_reconciliation
from sync import Reconciler, Reconciliation
from sync.session import session

_COLUMNS: Final = ("person_number", "since", "difference", "cause", "items", "since_kind", "since_at", "approved_by")
_PERSONS_OPTION = click.option("--person", "persons", multiple=True, help="宛名番号。省くと全員 / else everybody")


@click.group()
def reconcile() -> None:
    """Issuance records against the resident register (整合処理); the service does it by itself every day and in parts.

    発行用住民票と住民基本台帳との照合。
    """


@reconcile.command()
@where
@_PERSONS_OPTION
def now(persons: tuple[str, ...], **told: Any) -> int:
    """Compare now, while everything runs. Exit code 1 if anybody differs; they are held back.

    今すぐ照合する。
    """
    done = asyncio.run(_now(told, persons))
    say_reconciliation(done)
    return 0 if done.is_equal else ANSWER_IS_NO


@reconcile.command("list")
@where
@click.option("--csv", "file", type=click.Path(path_type=Path, dir_okay=False), help="CSV に書き出す / write as CSV")
def list_(*, file: Path | None, **told: Any) -> int:
    """List who is held back by a comparison, why, and what to do. Exit code 1 if anybody is.

    照合で保留になっている人の一覧。
    """
    rows = asyncio.run(_list(told))
    if file is not None:
        write_private(file, csv_file(_COLUMNS, ({**row, "items": " ".join(row["items"] or ())} for row in rows)))
    for row in rows:
        say_doubt(row)
    click.echo(f"{len(rows)}件 / found")
    return ANSWER_IS_NO if rows else 0


@reconcile.command()
@acting
@click.argument("person_numbers", nargs=-1, required=True)
def approve(*, person_numbers: tuple[str, ...], by: str, reason: str, **told: Any) -> None:
    """Approve that these records are made anew from the register; the service does it within seconds.

    台帳からの作り直しを承認する。
    """
    asyncio.run(_approve(told, person_numbers, actor(by, reason)))
    click.echo(
        f"{len(person_numbers)}件を承認しました。数秒で作り直されます。kiosk reconcile list で確かめてください。 / "
        f"{len(person_numbers)} approved. They are made anew within seconds; see `kiosk reconcile list`."
    )


async def _now(told: Mapping[str, Any], persons: Sequence[str]) -> Reconciliation:
    city = one_city(told["municipality_code"], told["settings_file"])
    async with session(writing_url("sync", told["database_url"], told["settings_file"])) as connection:
        reconciler = Reconciler(connection, city, utc_now)
        return await (reconciler.persons(persons) if persons else reconciler.whole_city())


async def _list(told: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    async with as_staff(told, readonly=True) as (connection, city):
        return await list_doubts(connection, city)


async def _approve(told: Mapping[str, Any], person_numbers: Sequence[str], who: Actor) -> None:
    async with as_staff(told) as (connection, city):
        for number in person_numbers:
            await approve_repair(connection, city, number, who)
