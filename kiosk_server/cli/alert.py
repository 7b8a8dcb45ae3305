"""`kiosk alert`: what became of a delivery is explained by one person and confirmed by another. Nothing else closes an alert."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import click

from issuance_db.alerts import confirm_alert, explain_alert, list_alerts, show_alert, take_alert
from issuance_db.staff_acts import Actor
from kiosk_server.cli.counter import actor, as_staff, at, by_option, text, where
from kiosk_server.cli.failures import ANSWER_IS_NO

Row = Mapping[str, Any]


@click.group()
def alert() -> None:
    """Alerts: of a mismatch, of the centre, of a contradiction. Open until two persons have dealt with them.

    警報。1人が説明し、別の1人が確認するまで閉じない。
    """


@alert.command("list")
@where
@click.option("--all", "closed_too", is_flag=True, help="閉じたものも / closed ones too")
@click.option("--json", "as_json", is_flag=True)
def list_(*, closed_too: bool, as_json: bool, **told: Any) -> int:
    """List what is open, oldest first. Exit code 1 if anything is.

    開いている警報の一覧。
    """
    rows = asyncio.run(_list(told, closed_too=closed_too))
    if as_json:
        click.echo(json.dumps([_plain(row) for row in rows], ensure_ascii=False))
    else:
        for row in rows:
            click.echo(_line(row))
        click.echo(f"{sum(row['is_open'] for row in rows)}件 / open")
    return ANSWER_IS_NO if any(row["is_open"] for row in rows) else 0


@alert.command()
@where
@click.argument("alert_id", type=int)
@click.option("--json", "as_json", is_flag=True)
def show(*, alert_id: int, as_json: bool, **told: Any) -> None:
    """Show one: the issuance, what was sent where, what was reported, and what was said about it.

    警報の詳細。
    """
    row = asyncio.run(_show(told, alert_id))
    if as_json:
        click.echo(json.dumps(_plain(row), ensure_ascii=False))
        return
    click.echo(_line(row))
    for name, value in _plain(row).items():
        if name != "explanations" and value is not None:
            click.echo(f"  {name}: {value}")
    for said in row["explanations"]:
        click.echo(f"  {at(said['explained_at'])} {said['explained_by']}: {said['explanation']}")


@alert.command()
@where
@by_option
@click.argument("alert_id", type=int)
def take(*, alert_id: int, by: str, **told: Any) -> None:
    """Say that you see to it from now on. It closes nothing.

    この警報の担当になる。
    """
    asyncio.run(_take(told, alert_id, actor(by, "警報の引受け / alert taken on")))
    click.echo("担当になりました。 / You see to it now.")


@alert.command()
@where
@by_option
@click.argument("alert_id", type=int)
@click.option(
    "--explanation",
    required=True,
    help="最初の交付がどうなったか。個人情報は書かない / what became of the first delivery, without personal data",
)
def explain(*, alert_id: int, by: str, explanation: str, **told: Any) -> None:
    """Say what became of the first delivery. It stays open until somebody else confirms.

    最初の交付がどうなったかを説明する。
    """
    asyncio.run(_explain(told, alert_id, actor(by, explanation).name, text("--explanation", explanation)))
    click.echo("記録しました。別の人の確認を待ちます。 / Kept. Another person has to confirm it.")


@alert.command()
@where
@by_option
@click.argument("alert_id", type=int)
def confirm(*, alert_id: int, by: str, **told: Any) -> None:
    """Confirm the last explanation, as another person, which closes the alert.

    最後の説明を別の人が確認し、警報を閉じる。
    """
    asyncio.run(_confirm(told, alert_id, text("--by", by)))
    click.echo("閉じました。 / Closed.")


async def _list(told: Row, *, closed_too: bool) -> Sequence[Row]:
    async with as_staff(told, readonly=True) as (connection, city):
        return await list_alerts(connection, city, closed_too=closed_too)


async def _show(told: Row, alert_id: int) -> Row:
    async with as_staff(told, readonly=True) as (connection, city):
        return await show_alert(connection, city, alert_id)


async def _take(told: Row, alert_id: int, who: Actor) -> None:
    async with as_staff(told) as (connection, city):
        await take_alert(connection, city, alert_id, who)


async def _explain(told: Row, alert_id: int, by: str, explanation: str) -> None:
    async with as_staff(told) as (connection, city):
        await explain_alert(connection, city, alert_id, by, explanation)


async def _confirm(told: Row, alert_id: int, by: str) -> None:
    async with as_staff(told) as (connection, city):
        await confirm_alert(connection, city, alert_id, by)


def _line(row: Row) -> str:
    state = "未処理 / open" if row["is_open"] else "済 / closed"
    return f"{row['alert_id']}  {at(row['opened_at'])}  {state}  {row['cause']}  {row['issuance_number'] or '-'}  {row['detail']}"


def _plain(row: Row) -> dict[str, Any]:
    return {name: _json(value) for name, value in row.items()}


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return [_plain(one) for one in value] if isinstance(value, list) else value
