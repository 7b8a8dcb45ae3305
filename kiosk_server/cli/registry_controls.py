"""`kiosk registry provide`, `operations`, `review` and `disclose`: what the PIA asks to be controlled (R-30, R-51, R-80)."""

import asyncio
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from civil.clock import utc_now
from kiosk_server.cli.asking import write_private
from kiosk_server.cli.counter import Where, acting, by_option, where
from kiosk_server.cli.registry_control_files import Front, disclosure_file, known_in_front, operations_file
from kiosk_server.cli.registry_desk import (
    STAFF_URL,
    at_register,
    in_front,
    in_register,
    out,
    period,
    protected_in_front,
    staff_of,
)
from kiosk_server.cli.registry_ledger_files import provided_file
from registry.residents import (
    PROVIDED_NAMES,
    Disclosed,
    Extract,
    Inquirer,
    Operation,
    disclose,
    operations,
    provide,
    provisions,
    record_review,
)


@click.command("provide")
@acting
@STAFF_URL
@click.option("--provision", "provision_id", required=True, help="提供の表の番号 / the row of the table of provisions")
@click.option("--item", "items", multiple=True, help="項目。省くと規定の全項目。何度でも / items; else all of the row")
@click.option(
    "--person", "persons", multiple=True, help="宛名番号。省くと対象の年齢の全員。何度でも / persons; else all"
)
@out("書くファイル(CSV) / the file")
def provide_(
    *, by: str, reason: str, provision_id: str, items: Sequence[str], persons: Sequence[str], out: Path, **where: Any
) -> None:
    """Provide what a row of the closed table allows (R-30): a department's ledger, or single persons; all else is refused and kept.

    提供・移転(部署別の台帳)。規定の表にない相手・項目は断り、断ったことを記録する。
    """
    told = (tuple(items) or None, tuple(persons) or None)
    made = asyncio.run(_provide(where, provision_id, staff_of(by, reason), *told))
    write_private(out, provided_file(made))
    click.echo(f"提供番号 {made.extract_id}: {len(made.rows):,}人 / provided, persons")


@click.command("provisions")
def provisions_() -> None:
    """Show the closed table: who may have which items under which provision.

    提供の表。
    """
    for one in provisions().values():
        click.echo(f"{one.id}  {one.recipient}  {one.basis}  {'、'.join(PROVIDED_NAMES[item] for item in one.items)}")


@click.command("operations")
@where
@period
@out("書くファイル(CSV) / the file")
def operations_(*, since: date, until: date, out: Path, **where: Any) -> None:
    """Write who did what with the register in a period, with how many persons, and whether a My Number was seen (R-51).

    操作記録。時間外・休日・断られた操作に印を付ける。
    """
    done = asyncio.run(_operations(where, since, until))
    write_private(out, operations_file(done))
    click.echo(f"{len(done):,}件 / operations")


@click.command("review")
@where
@by_option
@period
@click.option("--finding", required=True, help="確認の結果 / what was found")
def review(*, by: str, since: date, until: date, finding: str, **where: Any) -> None:
    """Keep that somebody looked through the operations of a period that is over, in which they did nothing themselves (R-51).

    操作記録を確認したことを記録する。
    """
    count = asyncio.run(_review(where, since, until, staff_of(by, finding)))
    click.echo(f"記録しました。確認した操作 {count:,}件 / Recorded. Operations reviewed")


@click.command("disclose")
@acting
@STAFF_URL
@click.option("--person", "number", required=True, help="宛名番号 / person number")
@out("書くファイル(.xlsx) / the workbook")
def disclose_(*, by: str, reason: str, number: str, out: Path, **where: Any) -> None:
    """Write everything that is held about one person, who looked at it and to whom it was provided (R-80): one workbook.

    開示。F1 の全項目(個人番号を除く)、履歴、照会した職員、提供・閲覧の記録、証明書の請求、発行側で閲覧・操作した職員。
    """
    told = asyncio.run(_disclose(where, number, staff_of(by, reason)))
    write_private(out, disclosure_file(told, *asyncio.run(_front(where, number))))
    click.echo("書きました。 / Written.")


async def _provide(
    where: Where, provision_id: str, asker: Inquirer, items: Sequence[str] | None, persons: Sequence[str] | None
) -> Extract:
    protected = await protected_in_front(where)
    async with at_register(where) as (connection, city):
        return await provide(
            connection, city, provision_id, asker, utc_now(), items=items, persons=persons, protected=protected
        )


async def _operations(where: Where, since: date, until: date) -> tuple[Operation, ...]:
    async with in_register(where, readonly=True) as (connection, city):
        return await operations(connection, city, since, until)


async def _review(where: Where, since: date, until: date, reviewer: Inquirer) -> int:
    async with in_register(where) as (connection, city):
        return await record_review(connection, city, since, until, reviewer, utc_now())


async def _disclose(where: Where, number: str, asker: Inquirer) -> Disclosed:
    async with at_register(where) as (connection, city):
        return await disclose(connection, city, number, asker, utc_now())


async def _front(where: Where, number: str) -> Front:
    async with in_front(where) as (connection, city):
        return await known_in_front(connection, city, number)
