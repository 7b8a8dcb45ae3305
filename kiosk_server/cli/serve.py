"""`kiosk serve NAME`: one process, for a service manager or for `kiosk up`."""

from pathlib import Path

import click

from kiosk_server.processes.lifecycle import Launch
from kiosk_server.processes.running import PROCESSES, run_process
from kiosk_server.settings import read_settings


@click.command()
@click.argument("name", type=click.Choice(PROCESSES))
@click.option("--settings", "settings_file", type=click.Path(path_type=Path), help="設定ファイル / settings file")
@click.option("--ready-fd", type=int, hidden=True)
@click.option("--inherited", type=int, multiple=True, hidden=True)
def serve(name: str, settings_file: Path | None, ready_fd: int | None, inherited: tuple[int, ...]) -> None:
    """Run one process of the installation until SIGTERM, with the settings of the environment (KIOSK_…) or a file.

    プロセスを1つだけ動かす。設定は環境変数 KIOSK_… か --settings のファイルで。
    """
    run_process(name, read_settings(settings_file), Launch(ready_fd, settings_file, inherited))
