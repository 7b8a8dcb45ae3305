"""`kiosk doctor`: looks at everything the service stands on, and says for each what to do if it is wrong."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from kiosk_server.checks import alerts, feed_ports, machine
from kiosk_server.checks.check import Check
from kiosk_server.checks.for_the_centre import CentreChecks
from kiosk_server.checks.looking import Looked, look_at
from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.checks.topology import topology
from kiosk_server.cli.database import settings_option
from kiosk_server.cli.failures import ANSWER_IS_NO
from kiosk_server.cli.running_demo import data_dir_option, settings_of
from kiosk_server.settings import Settings, read_settings

OF_THE_MACHINE: Final[Sequence[Check]] = (
    Check("python", "Python", machine.python),
    Check("disk", "ディスク / disk", machine.disk),
)
OF_THE_BOOKS: Final[Sequence[Check]] = (
    Check("feed_push", "ファイルの受け口(HTTPS) / pushed files", feed_ports.pushed),
    Check("feed_sftp", "ファイルの受け口(SFTP) / files by SFTP", feed_ports.by_sftp),
    Check("alerts", "警報 / alerts", alerts.alerts),
)
_SECONDS: Final = 20.0


@click.command()
@settings_option
@data_dir_option
def doctor(settings_file: Path | None, data_dir: Path) -> int:
    """Look at this installation, or at the demo of the data directory. Exit code 1 if anything is wrong or wants attention.

    ✗ refuses service (the same look is taken at every start and while serving), ! is advice.

    環境を点検し、問題ごとに直し方を示す。設定はパスワードを伏せて表示する。
    """
    settings = read_settings(settings_file or settings_of(data_dir))
    click.echo("設定 / settings")
    for name, value in settings.redacted().items():
        click.echo(f"  {name} = {value}")
    click.echo("点検 / checks")
    return 0 if asyncio.run(_all_well(settings)) else ANSWER_IS_NO


async def _all_well(settings: Settings) -> bool:
    async with Surroundings(settings, "doctor", "front") as surroundings:
        centre = CentreChecks(surroundings, topology, visits=True)
        results = [
            _tell(check, await look_at(check, surroundings, _SECONDS))
            for check in (*OF_THE_MACHINE, *centre.all(), *OF_THE_BOOKS)
        ]
    return all(results)


def _tell(check: Check, looked: Looked) -> bool:
    wrong = looked.wrong or looked.advice
    mark, words = ("✓", looked.said) if wrong is None else ("✗" if looked.wrong else "!", str(wrong))
    click.echo(f"  {mark} {check.title}: {words}")
    return wrong is None
