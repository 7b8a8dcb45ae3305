"""`kiosk registry due-moves`: planned movers whose day has come."""

import asyncio
from typing import Any

import click

from civil.clock import utc_now
from kiosk_server.cli.counter import Where, where
from kiosk_server.cli.failures import ANSWER_IS_NO
from kiosk_server.cli.registry_desk import at_register
from registry.residents import DueDone, record_due_move_outs


@click.command("due-moves")
@where
@click.option("--place", default="市民課", show_default=True, help="入力場所 / the place that the events name")
def due_moves(*, place: str, **where: Any) -> int:
    """Remove planned movers whose day has come. Run it every day just after midnight in Japan; it makes up for days that were missed.

    Exit code 1 if the register refuses one of them: the others are done, and the household to look at is named.

    転出予定日が来た人を消除する。毎日、日付が変わったら動かす。遅れても取り戻せる。台帳が受け付けない世帯があれば世帯番号と理由を示し、終了コード 1。
    """
    done = asyncio.run(_record(where, place))
    click.echo(
        f"転出予定日の来た人を処理しました。消除した人: {done.persons} 受け付けられない世帯: {len(done.refused)} / "
        f"Planned movers removed: {done.persons}; households refused: {len(done.refused)}"
    )
    for household, refusal in done.refused.items():
        click.echo(f"  {household}: {refusal}", err=True)
    return ANSWER_IS_NO if done.refused else 0


async def _record(where: Where, place: str) -> DueDone:
    async with at_register(where) as (connection, city):
        return await record_due_move_outs(connection, city, place=place, now=utc_now())
