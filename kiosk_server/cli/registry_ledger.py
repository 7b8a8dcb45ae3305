"""`kiosk registry ledger`, `inspected` and `inspections`: 閲覧台帳, who inspected it, and what is published of that."""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import click

from civil.calendar import jst_date
from civil.clock import utc_now
from civil.errors import KioskError
from civil.sex import Sex
from kiosk_server.cli.asking import write_private
from kiosk_server.cli.counter import Where, acting, text, where
from kiosk_server.cli.registry_desk import (
    DAY,
    STAFF_URL,
    in_register,
    out,
    period,
    protected_in_front,
    staff_of,
)
from kiosk_server.cli.registry_ledger_files import ledger_file, published_file
from kiosk_server.cli.registry_lists import Suffix, suffix_of
from registry.residents import (
    Asked,
    Inquirer,
    Inspection,
    InspectionBasis,
    InspectionVisit,
    Ledger,
    Scope,
    StratifiedBy,
    inspections,
    make_ledger,
    record_inspection,
)

_SEXES: Final = {"male": Sex.MALE, "female": Sex.FEMALE}
_OUT = out("書くファイル(.csv か .pdf) / the file")
_BASIS = click.option(
    "--basis", required=True, type=click.Choice([basis.name.lower() for basis in InspectionBasis]),
    help="法11条1項(public_body)、11条の2第1項1号(research)、2号(public_good)、3号(residence) / the provision",
)  # fmt: skip


class AgesCrossed(KioskError):
    """--youngest は --oldest 以下にしてください。 / --youngest must not be above --oldest."""


class SharesOfNothing(KioskError):
    """--shares-of は --persons とともに指定します。 / --shares-of goes with --persons."""


def _scope_options(command: Callable[..., Any]) -> Callable[..., Any]:
    age, known = click.IntRange(0, 150), [part.value for part in StratifiedBy]
    for option in (
        STAFF_URL,
        click.option(
            "--town", "towns", multiple=True, help="町字(統計の towns.csv のとおり)。何度でも / a town; repeat"
        ),
        click.option("--sex", type=click.Choice(list(_SEXES)), help="この性別だけ / this sex only"),
        click.option("--youngest", type=age, help="この年齢から / from this age on"),
        click.option("--oldest", type=age, help="この年齢まで / to this age"),
        click.option(
            "--nationality", type=click.Choice(["japanese", "foreign"]), help="日本人か外国人だけ / these only"
        ),
        click.option(
            "--persons", type=click.IntRange(min=1), help="無作為に抽出する人数。省くと全員 / how many to draw"
        ),
        click.option(
            "--shares-of", multiple=True, type=click.Choice(known), help="層ごとに比例して抽出。何度でも / strata"
        ),
        click.option("--seed", help="抽出と並びの種。省くと作る。記録に残る / seed of order and choice; else made"),
    ):
        command = option(command)
    return command


@click.command()
@acting
@_scope_options
@_BASIS
@click.option("--for", "recipient", required=True, help="誰の申出か / on whose request")
@_OUT
def ledger(*, by: str, reason: str, out: Path, recipient: str, basis: str, **asked: Any) -> None:
    """List residents for an inspection: name, birth, sex and address, in random order; nobody under a protective measure.

    --persons draws so many of them by chance; with the same --seed the same register gives the same list. That it was made, by whom,
    for whom, why and with which seed is recorded before the file is written.

    閲覧台帳・無作為抽出。氏名・生年月日・性別・住所だけ。支援措置の対象者は載せない。
    """
    told = _asked(recipient, InspectionBasis[basis.upper()], asked)
    made, content = asyncio.run(_make(asked, told, staff_of(by, reason), suffix_of(out)))
    write_private(out, content)
    click.echo(f"台帳番号 {made.extract_id}: {len(made.lines):,}人 / list {made.extract_id}, persons")
    click.echo(f"種 {told.seed} / seed\nSHA-256 {made.content_sha256.hex()}")


@click.command()
@acting
@click.option("--ledger", "extract_id", required=True, type=click.IntRange(min=1), help="台帳番号 / the list")
@click.option("--on", "inspected_on", required=True, type=DAY, help="閲覧年月日 / the day")
@click.option("--inspector", required=True, help="閲覧者の氏名、法人・機関は名称 / who, or which body")
@click.option("--representative", help="法人の代表者の氏名 / who stands for the body")
@click.option("--purpose", required=True, help="利用目的の概要。公表される / what for; published")
@click.option("--scope", required=True, help="閲覧に係る住民の範囲。公表される / whose lines; published")
@click.option("--seen-by", required=True, help="実際に閲覧した人の氏名 / who came and read")
@click.option("--identity", required=True, help="その人の本人確認書類 / the document by which they were known")
def inspected(
    *, by: str, reason: str, extract_id: int, inspected_on: datetime, representative: str | None, **told: Any
) -> None:
    """Record that somebody inspected a list: who, when, what for, and who looked at their papers.

    閲覧を記録する。年に一度以上の公表のもとになる。
    """
    inspector, purpose, scope, seen_by, identity = [
        text(f"--{name.replace('_', '-')}", told.pop(name))
        for name in ("inspector", "purpose", "scope", "seen_by", "identity")
    ]
    stands_for = None if representative is None else text("--representative", representative)
    visit = InspectionVisit(
        extract_id, inspector, stands_for, purpose, inspected_on.date(), scope, seen_by, identity
    )  # fmt: skip
    number = asyncio.run(_record(told, visit, staff_of(by, reason)))
    click.echo(f"記録しました。閲覧番号 {number} / Recorded.")


@click.command("inspections")
@where
@period
@_OUT
def inspections_(*, since: date, until: date, out: Path, **options: Any) -> None:
    """Write what the law wants published of the inspections of a period (法11条3項, 11条の2第12項); 3号 is not published.

    閲覧状況の公表。
    """
    suffix = suffix_of(out)
    found = asyncio.run(_published(options, since, until))
    write_private(out, published_file(suffix, found, since, until))
    click.echo(f"{len(found):,}件 / inspections")


def _asked(recipient: str, basis: InspectionBasis, told: Where) -> Asked:
    youngest, oldest = told["youngest"], told["oldest"]
    if youngest is not None and oldest is not None and youngest > oldest:
        raise AgesCrossed
    if told["shares_of"] and told["persons"] is None:
        raise SharesOfNothing
    foreign = None if told["nationality"] is None else told["nationality"] == "foreign"
    sex = None if told["sex"] is None else _SEXES[told["sex"]]
    scope = Scope(frozenset(told["towns"]), sex, youngest, oldest, foreign)
    by = frozenset(StratifiedBy(part) for part in told["shares_of"])
    seed = secrets.token_hex(16) if told["seed"] is None else text("--seed", told["seed"])
    return Asked(text("--for", recipient), basis, seed, scope, told["persons"], by)


async def _make(where: Where, asked: Asked, maker: Inquirer, suffix: Suffix) -> tuple[Ledger, bytes]:
    # What cannot be drawn undoes the record; what is recorded is written afterwards.
    async with in_register(where) as (connection, city):
        left_out = await protected_in_front(where)
        made = await make_ledger(connection, city, asked, maker, utc_now(), left_out)
        return made, ledger_file(suffix, made, asked, jst_date(utc_now()))


async def _record(where: Where, visit: InspectionVisit, recorder: Inquirer) -> int:
    async with in_register(where) as (connection, city):
        return await record_inspection(connection, city, visit, recorder, utc_now())


async def _published(where: Where, since: date, until: date) -> Sequence[Inspection]:
    async with in_register(where, readonly=True) as (connection, city):
        return await inspections(connection, city, since, until)
