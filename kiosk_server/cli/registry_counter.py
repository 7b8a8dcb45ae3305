"""`kiosk registry certificate` and `notice`: papers of the counter (S1-3), each kept with its number, reason and identity check."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import asyncpg
import click

from civil.calendar import jst_date
from civil.clock import utc_now
from issuance_db.city import CitySettings, city_on
from kiosk_server.cli.asking import write_private
from kiosk_server.cli.counter import Where, acting, text
from kiosk_server.cli.database import CityUnknown
from kiosk_server.cli.registry_desk import STAFF_URL, in_front, in_register, out, protected_in_front, staff_of
from kiosk_server.counter_papers import NOTICES, OPTIONS, certificate, notice_letter
from registry.residents import (
    Inquirer,
    Paper,
    PastOf,
    ProtectedPerson,
    certificate_facts,
    next_paper_number,
    notice_facts,
    record_paper,
)

_CHOICES: Final = (*OPTIONS, "resident_code")


@dataclass(frozen=True, slots=True)
class _Asked:
    """Where, who makes it and why, who it is handed to, and who released it."""

    where: Where
    maker: Inquirer
    handed_to: str
    identity: str
    released_by: str | None


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
    "--option", "options", multiple=True, type=click.Choice(_CHOICES), help="記載する項目。何度でも / items; repeat"
)
@click.option(
    "--past", multiple=True, type=click.Choice([part.value for part in PastOf]), help="履歴。何度でも / history; repeat"
)
def certificate_(
    *, persons: Sequence[str], options: Sequence[str], past: Sequence[str], out: Path, **told: Any
) -> None:
    """Make a 住民票の写し of present members of a household, or of a removed person (除票), with history where it is asked for.

    窓口の住民票の写し。履歴と除票も出せる。
    """
    asked = _asked(told)
    content = asyncio.run(
        _certificate(asked, list(dict.fromkeys(persons)), frozenset(options), frozenset(map(PastOf, past)))
    )
    write_private(out, content)


@click.command("notice")
@_handing
@click.option("--event", "event_id", required=True, type=click.IntRange(min=1), help="異動の番号 / the event")
@click.option("--person", "number", required=True, help="宛名番号 / person number")
@click.option("--kind", required=True, type=click.Choice(list(NOTICES)), help="通知の種類 / which notice")
def notice(*, event_id: int, number: str, kind: str, out: Path, **told: Any) -> None:
    """Make a notice that an event hands to a person; a 受理通知 goes to where they lived before.

    住民票コード通知票・変更通知票、職権記載等通知書、世帯主変更(依頼)通知書、住民異動届受理通知。
    """
    write_private(out, asyncio.run(_notice(_asked(told), event_id, number, kind)))


def _asked(told: dict[str, Any]) -> _Asked:
    maker = staff_of(told["by"], told["reason"])
    released = None if told["released_by"] is None else text("--released-by", told["released_by"])
    return _Asked(told, maker, text("--handed-to", told["handed_to"]), text("--identity", told["identity"]), released)


@asynccontextmanager
async def _counter(asked: _Asked, now: datetime) -> AsyncIterator[tuple[asyncpg.Connection, str, CitySettings]]:
    """The register, in a transaction, and the city as it is today."""
    async with in_front(asked.where) as (front, code):
        settings = await city_on(front, code, "resident_record", "terminal", jst_date(now))
    if settings is None:
        raise CityUnknown
    async with in_register(asked.where) as (connection, city):
        yield connection, city, settings


async def _certificate(
    asked: _Asked, persons: Sequence[str], options: frozenset[str], past: frozenset[PastOf]
) -> bytes:
    # What cannot be drawn undoes the record; what is recorded is written afterwards.
    now = utc_now()
    async with _counter(asked, now) as (connection, city, settings):
        facts = await certificate_facts(
            connection, city, persons, past, asked.maker, now, is_released=asked.released_by is not None
        )
        await _require_released(asked, facts.shown)
        number = await next_paper_number(connection, jst_date(now))
        drawn = certificate(facts, options, number, city, settings, now)
        paper = Paper(
            number, "除票の写し" if facts.is_removed else "住民票の写し", tuple(persons), (*sorted(options), *sorted(f"past:{one}" for one in past)),
            asked.handed_to, asked.identity, asked.released_by, drawn.pages, drawn.content,
        )  # fmt: skip
        await record_paper(connection, city, paper, asked.maker, now)
    _tell(paper)
    return drawn.content


async def _notice(asked: _Asked, event_id: int, person: str, kind: str) -> bytes:
    now = utc_now()
    async with _counter(asked, now) as (connection, city, settings):
        released = asked.released_by is not None
        facts = await notice_facts(
            connection, city, event_id, person, NOTICES[kind], asked.maker, now, is_released=released
        )
        await _require_released(asked, facts.shown)
        number = await next_paper_number(connection, jst_date(now))
        drawn = notice_letter(facts, number, settings, now)
        paper = Paper(
            number, facts.notice.value, (person,), (), asked.handed_to, asked.identity, asked.released_by, drawn.pages, drawn.content,
            event_id,
        )  # fmt: skip
        await record_paper(connection, city, paper, asked.maker, now)
    _tell(paper)
    return drawn.content


async def _require_released(asked: _Asked, shown: frozenset[str]) -> None:
    """Whom the issuing side protects: looked up under the locks that whoever protects somebody takes too."""
    if asked.released_by is None and not shown.isdisjoint(await protected_in_front(asked.where)):
        raise ProtectedPerson


def _tell(paper: Paper) -> None:
    click.echo(f"発行番号 {paper.number}: {paper.kind} {paper.pages}枚 / number, pages")
