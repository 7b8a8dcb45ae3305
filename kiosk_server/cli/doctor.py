"""`kiosk doctor`: looks at everything the service stands on, and says for each what to do if it is wrong."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from civil.errors import KioskError
from kiosk_server.cli import checkup
from kiosk_server.cli.database import settings_option
from kiosk_server.cli.failures import ANSWER_IS_NO
from kiosk_server.cli.running_demo import data_dir_option
from kiosk_server.demo.directory import DemoDirectory
from kiosk_server.settings import Settings, read_settings


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at. `look` returns what it found, or raises with what is wrong and what to do."""

    title: str
    look: Callable[[Settings], Awaitable[str]]


CHECKS: Sequence[Check] = (
    Check("Python", checkup.python),
    Check("フォント / fonts", checkup.fonts),
    Check("ディスク / disk", checkup.disk),
    Check("鍵 / keys", checkup.keys),
    Check("文書署名の証明書 / document certificate", checkup.document_certificate),
    Check("TLS の証明書 / TLS certificates", checkup.tls),
    Check("PostgreSQL", checkup.postgres),
    Check("データベースの版 / schema", checkup.schema),
    Check("時計 / clock", checkup.clock),
    Check("市長名と公印 / mayor and seal", checkup.mayor_and_seal),
    Check("Redis / Valkey", checkup.redis),
)


@click.command()
@settings_option
@data_dir_option
def doctor(settings_file: Path | None, data_dir: Path) -> int:
    """Look at this installation, or at the demo of the data directory. Exit code 1 if anything is wrong.

    環境を点検し、問題ごとに直し方を示す。設定はパスワードを伏せて表示する。
    """
    settings = read_settings(settings_file or _of_the_demo(data_dir))
    click.echo("設定 / settings")
    for name, value in settings.redacted().items():
        click.echo(f"  {name} = {value}")
    click.echo("点検 / checks")
    return 0 if asyncio.run(_all_well(settings)) else ANSWER_IS_NO


def _of_the_demo(data_dir: Path) -> Path | None:
    file = DemoDirectory(data_dir.absolute()).settings
    return file if file.exists() else None


async def _all_well(settings: Settings) -> bool:
    results = [await _look(check, settings) for check in CHECKS]
    return all(results)


async def _look(check: Check, settings: Settings) -> bool:
    try:
        found = await check.look(settings)
    except KioskError as wrong:
        click.echo(f"  ✗ {check.title}: {wrong}")
        return False
    except Exception as error:  # noqa: BLE001 - a broken dependency breaks in its own ways, and its words may hold secrets
        click.echo(f"  ✗ {check.title}: 確認できません。 / The check itself failed: {type(error).__name__}")
        return False
    click.echo(f"  ✓ {check.title}: {found}")
    return True
