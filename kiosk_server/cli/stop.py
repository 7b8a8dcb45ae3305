"""`kiosk stop`: everything, a kind, somebody or a place is stopped at once or in a window. What a mismatch stopped, two persons restart."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import click

from civil.calendar import JST
from civil.clock import utc_now
from issuance_db.staff_acts import Actor
from issuance_db.stops import Scope, approve_restart, end_stop, list_stops, set_stop
from kiosk_server.cli.counter import acting, actor, as_staff, at, where
from kiosk_server.cli.failures import ANSWER_IS_NO
from kiosk_server.issuing.request import Kind

_INSTANT = click.DateTime(["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"])
Row = Mapping[str, Any]


@click.group()
def stop() -> None:
    """Stops of issuing, on every node.

    発行の停止と再開。
    """


@stop.command("list")
@where
@click.option("--all", "ended_too", is_flag=True, help="終わったものも / ended ones too")
def list_(*, ended_too: bool, **told: Any) -> int:
    """List stops in force and to come. Exit code 1 if one is of a mismatch.

    停止の一覧。
    """
    rows = asyncio.run(_list(told, ended_too=ended_too))
    for row in rows:
        approved = f"  承認 / approved: {', '.join(row['approved_by'])}" if row["approved_by"] else ""
        click.echo(
            f"{row['stop_id']}  {_covered(row)}  {row['cause']}  {at(row['starts_at'])} - {at(row['ends_at'])}  {row['reason']}{approved}"
        )
    click.echo(f"{len(rows)}件 / found")
    return ANSWER_IS_NO if any(row["cause"] == "mismatch" and row["ends_at"] is None for row in rows) else 0


@stop.command("set")
@acting
@click.option("--kind", type=click.Choice([kind.value for kind in Kind]), help="省くと全種別 / else every kind")
@click.option("--person", "person_number", help="宛名番号 / everything that shows this person")
@click.option("--household", "household_number", help="世帯番号 / everything that shows somebody of this household")
@click.option("--operator", help="事業者(端末の) / a shop chain, as its terminals name it")
@click.option("--store", help="店舗 / a shop of the chain")
@click.option("--terminal", help="端末 / a terminal of the shop")
@click.option("--from", "starts_at", type=_INSTANT, help="JST。省くと今すぐ / JST; else now")
@click.option("--until", "ends_at", type=_INSTANT, help="JST。省くと解除まで / JST; else until it is ended")
def set_(*, starts_at: datetime | None, ends_at: datetime | None, by: str, reason: str, **told: Any) -> None:
    """Stop everything, or what has all that is named, now or in a window.

    停止する。
    """
    scope = Scope(**{name: told.pop(name) for name in Scope.__dataclass_fields__})
    number = asyncio.run(_set(told, actor(by, reason), scope, starts_at, ends_at))
    click.echo(f"停止 {number} を登録しました。 / Stop {number} is set.")


@stop.command()
@acting
@click.argument("stop_id", type=int)
def approve(*, stop_id: int, by: str, reason: str, **told: Any) -> None:
    """Approve, as one of two persons, that a kind stopped for a mismatch goes on. It goes on with `end`.

    不一致で止めた種別の再開を承認する(2人)。
    """
    asyncio.run(_approve(told, stop_id, actor(by, reason)))
    click.echo("承認しました。 / Approved.")


@stop.command()
@acting
@click.argument("stop_id", type=int)
def end(*, stop_id: int, by: str, reason: str, **told: Any) -> None:
    """End a stop now.

    停止を終える。
    """
    asyncio.run(_end(told, stop_id, actor(by, reason)))
    click.echo("再開しました。 / It goes on.")


async def _list(told: Row, *, ended_too: bool) -> Sequence[Row]:
    async with as_staff(told, readonly=True) as (connection, city):
        return await list_stops(connection, city, utc_now(), ended_too=ended_too)


async def _set(told: Row, who: Actor, scope: Scope, starts_at: datetime | None, ends_at: datetime | None) -> int:
    async with as_staff(told) as (connection, city):
        return await set_stop(
            connection, city, who, utc_now(), scope, starts_at=_in_jst(starts_at), ends_at=_in_jst(ends_at)
        )


async def _approve(told: Row, stop_id: int, who: Actor) -> None:
    async with as_staff(told) as (connection, city):
        await approve_restart(connection, city, stop_id, who)


async def _end(told: Row, stop_id: int, who: Actor) -> None:
    async with as_staff(told) as (connection, city):
        await end_stop(connection, city, stop_id, who, utc_now())


def _covered(row: Row) -> str:
    kind = row["kind"] or "全種別 / all"
    named = {
        "人 / person": row["person_number"],
        "世帯 / household": row["household_number"],
        "事業者 / chain": row["terminal_operator"],
        "店舗 / shop": row["terminal_store"],
        "端末 / terminal": row["terminal_id"],
    }
    return "  ".join([kind, *(f"{label} {value}" for label, value in named.items() if value is not None)])


def _in_jst(told: datetime | None) -> datetime | None:
    return None if told is None else told.replace(tzinfo=JST)
