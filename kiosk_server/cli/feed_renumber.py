"""`kiosk feed renumber`: the numbers of a source's files begin anew."""

import asyncio
from typing import Any

import click

from kiosk_server.cli.counter import acting, actor, as_staff
from kiosk_server.sources.names import named
from sync.feeds.fed_sources import FED_SOURCES
from sync.feeds.status import renumber as begin_anew


@click.command()
@click.argument("source", type=click.Choice([source.name for source in FED_SOURCES]))
@acting
def renumber(source: str, by: str, reason: str, **told: Any) -> None:
    """Say that the numbers of a source's files begin anew: with its fiscal year, with another system, or after a wrong one.

    Its differences wait until a full file has come that is later than what we have, whatever its number; they follow that.

    連携元のファイル番号が新しく始まることを伝える。次に全件ファイルが要る。
    """
    asyncio.run(_renumber(source, (by, reason), told))
    click.echo(
        f"{named(source)}: 番号が新しく始まります。次に全件ファイルが必要です(番号は問いません)。 / "
        "Its numbers begin anew. A full file has to come next, of any number."
    )


async def _renumber(source: str, who: tuple[str, str], told: dict[str, Any]) -> None:
    acts = actor(*who)
    async with as_staff(told) as (connection, city):
        await begin_anew(connection, city, source, acts)
