"""`kiosk fsck`: the books against the invariants, read only, on a live or a restored database."""

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import click

from civil.clock import utc_now
from issuance_db.fsck import LOG_RULES, RULES, Finding, check
from kiosk_server.cli.database import CityUnknown, database_url_option, settings_option, url_for
from kiosk_server.cli.failures import ANSWER_IS_NO
from kiosk_server.cli.running_demo import data_dir_option
from kiosk_server.processes.starting import connect
from kiosk_server.settings import read_settings

_ROLE: Final = "fsck"
_SHOWN: Final = 20
_COUNT: Final = len(RULES) + len(LOG_RULES)

Found = Mapping[str, Sequence[Finding]]


@click.command()
@database_url_option
@settings_option
@data_dir_option
@click.option("--municipality-code", help="市区町村コード。省くと全部 / one city; else all of the settings")
@click.option("--json", "as_json", is_flag=True, help="JSON で出す / findings as JSON")
@click.option(
    "--repeat",
    "pause_seconds",
    type=click.FloatRange(min=0),
    help="この秒数ごとに、問題が見つかるまで繰り返す / again after so many seconds, until there is a finding",
)
@click.option("--without-log", is_flag=True, help="履歴ログの検証を省く / leave out what kiosk log verify does")
def fsck(*, as_json: bool, pause_seconds: float | None, **where: Any) -> int:
    """Check the books against the invariants I1 to I7. Exit code 0 if they are whole, 1 with findings, 2 if they could not be checked.

    発行履歴の整合性を調べる。稼働中でもよい。何も書き込まない。
    """
    return asyncio.run(_fsck(where, as_json=as_json, pause_seconds=pause_seconds))


async def _fsck(where: Mapping[str, Any], *, as_json: bool, pause_seconds: float | None) -> int:
    while True:
        found = await _look(where)
        is_whole = not any(found.values())
        if not is_whole or pause_seconds is None:
            _tell_json(found) if as_json else _tell(found)
            return 0 if is_whole else ANSWER_IS_NO
        await asyncio.sleep(pause_seconds)


async def _look(where: Mapping[str, Any]) -> Found:
    connection = await connect(url_for(_ROLE, where["database_url"], where["settings_file"], where["data_dir"]))
    try:
        set_by_url = await connection.fetchval("SELECT nullif(current_setting('kiosk.municipality', true), '')")
        cities = _cities(where["municipality_code"] or set_by_url, where["settings_file"], where["database_url"])
        with_log = not where["without_log"]
        steps, is_seen = len(cities) * len(RULES), sys.stderr.isatty()
        with click.progressbar(length=steps, label="fsck", file=sys.stderr, hidden=not is_seen) as bar:
            return {
                city: await check(connection, city, utc_now(), progress=lambda _rule: bar.update(1), with_log=with_log)
                for city in cities
            }
    finally:
        await connection.close()


def _cities(told: str | None, settings_file: Path | None, database_url: str | None) -> tuple[str, ...]:
    if told is not None:
        return (told,)
    if settings_file is None and database_url is not None:
        raise CityUnknown
    return read_settings(settings_file).cities()


def _tell(found: Found) -> None:
    for city, findings in found.items():
        for finding in findings:
            rule = finding.rule
            click.echo(
                f"{city} {rule.invariant} {rule.name}: {len(finding.concerns)}件 / {len(finding.concerns)} found"
            )
            click.echo(f"  {rule.wrong.ja} / {rule.wrong.en}")
            click.echo(f"  → {rule.fix.ja} / {rule.fix.en}")
            for concern in finding.concerns[:_SHOWN]:
                click.echo(f"    {concern}")
            if len(finding.concerns) > _SHOWN:
                click.echo("    … 全部は --json で / the rest with --json")
        if not findings:
            click.echo(f"{city} 問題ありません({_COUNT}項目)。 / No finding; {_COUNT} rules.")


def _tell_json(found: Found) -> None:
    rows = [
        {
            "municipality_code": city,
            "invariant": finding.rule.invariant,
            "rule": finding.rule.name,
            "wrong": {"ja": finding.rule.wrong.ja, "en": finding.rule.wrong.en},
            "fix": {"ja": finding.rule.fix.ja, "en": finding.rule.fix.en},
            "concerns": list(finding.concerns),
        }
        for city, findings in found.items()
        for finding in findings
    ]
    click.echo(json.dumps(rows, ensure_ascii=False))
