"""`kiosk hold`: persons about whom nothing is issued until somebody has looked."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import click

from issuance_db.holds import hold_person, list_held, release_person
from issuance_db.staff_acts import Actor
from kiosk_server.cli.counter import acting, actor, as_staff, at, where

Row = Mapping[str, Any]


@click.group()
def hold() -> None:
    """Persons held back, by 宛名番号. Protective measures are something else: those are in the registry.

    発行を保留している人。
    """


@hold.command("list")
@where
def list_(**told: Any) -> None:
    """List everybody held back, with the cause.

    保留の一覧。
    """
    rows = asyncio.run(_list(told))
    for row in rows:
        click.echo(f"{row['person_number']}  {row['cause']}  {row['item']}  {at(row['since'])}")
    click.echo(f"{len(rows)}件 / found")


@hold.command("set")
@acting
@click.argument("person_number")
def set_(*, person_number: str, by: str, reason: str, **told: Any) -> None:
    """Hold somebody back, from the next permit on.

    保留する。
    """
    asyncio.run(_set(told, person_number, actor(by, reason)))
    click.echo("保留しました。 / Held back.")


@hold.command()
@acting
@click.argument("person_number")
def lift(*, person_number: str, by: str, reason: str, **told: Any) -> None:
    """Lift the holds of somebody after a look.

    確かめた後で保留を解く。
    """
    asyncio.run(_lift(told, person_number, actor(by, reason)))
    click.echo("解除しました。 / Lifted.")


async def _list(told: Row) -> Sequence[Row]:
    async with as_staff(told, readonly=True) as (connection, city):
        return await list_held(connection, city)


async def _set(told: Row, person_number: str, who: Actor) -> None:
    async with as_staff(told) as (connection, city):
        await hold_person(connection, city, person_number, who)


async def _lift(told: Row, person_number: str, who: Actor) -> None:
    async with as_staff(told) as (connection, city):
        await release_person(connection, city, person_number, who)
