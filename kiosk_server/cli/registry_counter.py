"""`kiosk registry certificate` and `notice`: papers of the counter (S1-3), each kept with its number, reason and identity check."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
import click

from civil.calendar import jst_date
from civil.clock import utc_now
from issuance_db.city import CitySettings, city_on
from kiosk_server.cli.asking import write_private
from kiosk_server.cli.counter import Where, acting, text
from kiosk_server.cli.database import CityUnknown
from kiosk_server.cli.registry_desk import STAFF_URL, in_front, in_register, out, protected_in_front, staff_of
from kiosk_server.counter_making import (
    AskedCertificate,
    AskedNotice,
    AskedPaper,
    Handing,
    draw_paper,
    paper_of,
    read_facts,
)
from kiosk_server.counter_papers import CHOICES, NOTICES, STATEMENT_ITEMS
from registry.residents import PastOf, ProtectedPerson, next_paper_number, record_paper


@dataclass(frozen=True, slots=True)
class _Asked:
    """Where, and how it is handed over."""

    where: Where
    handing: Handing


def _handing(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        STAFF_URL,
        click.option("--handed-to", required=True, help="請求者・受取人の氏名 / who it is handed to"),
        click.option(
            "--identity", required=True, help="本人確認書類。郵送は「郵送」 / the document seen, or how it is sent"
        ),
        click.option(
            "--released-by", help="支援措置の対象者のとき、認めた責任者の氏名 / the supervisor, for a protected person"
        ),
        out("書くファイル(PDF) / the file"),
    ):
        command = option(command)
    return acting(command)


@click.command("certificate")
@_handing
@click.option(
    "--person",
    "persons",
    multiple=True,
    required=True,
    help="宛名番号。同じ世帯の人は何度でも / repeat within a household",
)
@click.option(
    "--option",
    "options",
    multiple=True,
    type=click.Choice((*CHOICES, *STATEMENT_ITEMS)),
    help="記載する項目。何度でも / items; repeat",
)
@click.option(
    "--statement",
    is_flag=True,
    help="住民票記載事項証明書。選んだ項目だけを載せる / the items chosen alone",
)
@click.option(
    "--past", multiple=True, type=click.Choice([part.value for part in PastOf]), help="履歴。何度でも / history; repeat"
)
def certificate_(
    *, persons: Sequence[str], options: Sequence[str], past: Sequence[str], statement: bool, out: Path, **told: Any
) -> None:
    """Make a 住民票の写し of present members of a household, or of a removed person (除票), with history where it is asked for.

    窓口の住民票の写し。履歴と除票も出せる。
    """
    paper = AskedCertificate(tuple(dict.fromkeys(persons)), frozenset(options), frozenset(map(PastOf, past)), statement)
    write_private(out, asyncio.run(_make(_asked(told), paper)))


@click.command("notice")
@_handing
@click.option("--event", "event_id", required=True, type=click.IntRange(min=1), help="異動の番号 / the event")
@click.option("--person", "number", required=True, help="宛名番号 / person number")
@click.option("--kind", required=True, type=click.Choice(list(NOTICES)), help="通知の種類 / which notice")
def notice(*, event_id: int, number: str, kind: str, out: Path, **told: Any) -> None:
    """Make a notice that an event hands to a person; a 受理通知 goes to where they lived before.

    住民票コード通知票・変更通知票、職権記載等通知書、世帯主変更(依頼)通知書、住民異動届受理通知。
    """
    write_private(out, asyncio.run(_make(_asked(told), AskedNotice(event_id, number, NOTICES[kind]))))


def _asked(told: dict[str, Any]) -> _Asked:
    maker = staff_of(told["by"], told["reason"])
    released = None if told["released_by"] is None else text("--released-by", told["released_by"])
    handed_to, identity = text("--handed-to", told["handed_to"]), text("--identity", told["identity"])
    return _Asked(told, Handing(maker, handed_to, identity, released))


@asynccontextmanager
async def _counter(asked: _Asked, now: datetime) -> AsyncIterator[tuple[asyncpg.Connection, str, CitySettings]]:
    """The register, in a transaction, and the city as it is today."""
    async with in_front(asked.where) as (front, code):
        settings = await city_on(front, code, "resident_record", "terminal", jst_date(now))
    if settings is None:
        raise CityUnknown
    async with in_register(asked.where) as (connection, city):
        yield connection, city, settings


async def _make(asked: _Asked, paper: AskedPaper) -> bytes:
    # What cannot be drawn undoes the record; what is recorded is written afterwards.
    now, maker = utc_now(), asked.handing.maker
    is_released = asked.handing.released_by is not None
    async with _counter(asked, now) as (connection, city, settings):
        facts = await read_facts(connection, city, paper, maker, now, is_released=is_released)
        await _require_released(asked, facts.shown)
        number = await next_paper_number(connection, jst_date(now))
        drawn = draw_paper(paper, facts, number, city, settings, now)
        kept = paper_of(paper, facts, drawn, number, asked.handing)
        await record_paper(connection, city, kept, maker, now)
    click.echo(f"発行番号 {kept.number}: {kept.kind} {kept.pages}枚 / number, pages")
    return drawn.content


async def _require_released(asked: _Asked, shown: frozenset[str]) -> None:
    """Whom the issuing side protects: looked up under the locks that whoever protects somebody takes too."""
    if asked.handing.released_by is None and not shown.isdisjoint(await protected_in_front(asked.where)):
        raise ProtectedPerson
