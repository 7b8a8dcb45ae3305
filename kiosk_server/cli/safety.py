"""`kiosk safety`: the quarterly report on safety, from the books."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import click

from civil.calendar import jst_date
from civil.clock import utc_now
from issuance_db.city_settings import read_city
from issuance_db.safety_report import safety_evidence
from kiosk_server.cli.asking import write_private
from kiosk_server.cli.counter import as_staff, where
from kiosk_server.safety import FORMS, Quarter, ReportFile, report_file, report_rows
from kiosk_server.staff.words import Language, sayer


@click.command()
@where
@click.option(
    "--quarter",
    "written",
    required=True,
    help="年度-番号(2026-2 は2026年7〜9月) / fiscal year-number; 2026-2 is July to September 2026",
)
@click.option("--format", "form", type=click.Choice(FORMS), default="pdf", show_default=True)
@click.option("--lang", type=click.Choice(["ja", "en"]), default="ja", show_default=True)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="書き出すファイル / where to; else a name of its own here"
)
def safety(*, written: str, form: str, lang: Language, output: Path | None, **told: Any) -> None:
    """Write the report on safety of a quarter: use, self-inspection of every issuance, comparisons, alerts, stops, accounts, log.

    四半期の安全点検報告を、履歴から作る。
    """
    made = asyncio.run(_made(told, Quarter.written(written, jst_date(utc_now())), form, lang))
    place = output or Path(made.name)
    write_private(place, made.content)
    click.echo(f"{place}")


async def _made(told: Mapping[str, Any], quarter: Quarter, form: str, language: Literal["ja", "en"]) -> ReportFile:
    say, now = sayer(language), utc_now()
    async with as_staff(told, readonly=True) as (connection, city):
        evidence = await safety_evidence(connection, city, quarter.since, quarter.until)
        municipality = (await read_city(connection, city)).municipality
    name = city if municipality is None else municipality.name
    return report_file(say, form, quarter, report_rows(say, name, quarter, evidence, now), now, city)
