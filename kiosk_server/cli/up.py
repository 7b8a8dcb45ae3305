"""`kiosk up`: everything together, until Ctrl-C."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click

from kiosk_server.cli.talking import one_line, progress
from kiosk_server.cli.welcome import welcome
from kiosk_server.demo.directory import DEFAULT
from kiosk_server.demo.options import DEFAULT_RESIDENTS, DEFAULT_SAMPLES, DEFAULT_SEED, DemoOptions
from kiosk_server.demo.running import running_demo
from kiosk_server.processes.child import ChildProcess
from kiosk_server.processes.running import PROCESSES
from kiosk_server.processes.stopping import StopRequested, stop_requests
from kiosk_server.processes.supervisor import Supervisor
from kiosk_server.settings import read_settings

_MOST_RESIDENTS = 1_000_000
_MOST_WORKERS = 64


@click.command()
@click.option("--demo", is_flag=True, help="架空の市を作って動かす / with an invented city and servers of its own")
@click.option(
    "--residents",
    type=click.IntRange(1, _MOST_RESIDENTS),
    default=DEFAULT_RESIDENTS,
    show_default=True,
    help="住民の数 / how many residents",
)
@click.option(
    "--samples",
    type=click.IntRange(1, _MOST_RESIDENTS),
    show_default=str(DEFAULT_SAMPLES),
    help="表示する見本の住民の数 / how many sample residents to show",
)
@click.option(
    "--seed",
    type=int,
    default=DEFAULT_SEED,
    show_default=True,
    help="同じ数なら同じ市 / the same seed makes the same city",
)
@click.option(
    "--workers",
    type=click.IntRange(1, _MOST_WORKERS),
    default=1,
    show_default=True,
    help="デモで要求に応答するプロセスの数 / how many processes answer requests, in the demo",
)
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    default=DEFAULT,
    show_default=True,
    help="データの置き場所 / where the demo keeps its data",
)
@click.option(
    "--temporary", is_flag=True, help="一時的な場所を使い、終了時に消す / use a temporary place, removed at the end"
)
@click.option(
    "--json", "as_json", is_flag=True, help="準備ができたら標準出力に JSON を1行 / one line of JSON when ready"
)
@click.option(
    "--database-url",
    envvar="KIOSK_DATABASE_URL",
    help="組み込みの代わりに使う空の PostgreSQL(管理者の URL) / an empty PostgreSQL to use for the demo, as its administrator",
)
@click.option(
    "--redis-url", envvar="KIOSK_REDIS_URL", help="組み込みの代わりに使う Redis / a Redis to use for the demo"
)
@click.option(
    "--settings",
    "settings_file",
    type=click.Path(path_type=Path),
    help="設定ファイル(--demo 以外) / settings file, without --demo",
)
def up(  # noqa: PLR0913 - one parameter for each option
    *,
    demo: bool,
    residents: int,
    samples: int | None,
    seed: int,
    workers: int,
    data_dir: Path,
    temporary: bool,
    as_json: bool,
    database_url: str | None,
    redis_url: str | None,
    settings_file: Path | None,
) -> None:
    """Start everything; Ctrl-C, SIGINT or SIGTERM stops it.

    Without --demo, the PostgreSQL and Redis of the settings (KIOSK_… or --settings FILE) are used.

    全体を起動し、Ctrl-C で止める。--demo がなければ、設定した PostgreSQL と Redis を使う。
    """
    with stop_requests():
        try:
            if not demo:
                _up(settings_file, as_json=as_json)
                return
            with _place(data_dir, temporary=temporary) as path:
                options = DemoOptions(path, residents, samples, seed, workers, database_url, redis_url)
                _up_demo(options, as_json=as_json)
        except StopRequested:
            return


def _up_demo(options: DemoOptions, *, as_json: bool) -> None:
    with running_demo(options, progress()) as (running, supervisor):
        if as_json:
            one_line(running.as_json())
        else:
            welcome(running, options.path)
        supervisor.watch()


def _up(settings_file: Path | None, *, as_json: bool) -> None:
    read_settings(settings_file).need("database_url")  # said once, not by every process
    child = partial(ChildProcess, settings_file=settings_file, log_dir=None)
    with Supervisor(PROCESSES, child) as supervisor:
        addresses = supervisor.start()
        if as_json:
            one_line(addresses)
        else:
            for name, url in addresses.items():
                click.echo(f"{name}: {url}")
        supervisor.watch()


@contextmanager
def _place(data_dir: Path, *, temporary: bool) -> Iterator[Path]:
    if not temporary:
        yield data_dir
        return
    with tempfile.TemporaryDirectory(prefix="kiosk-demo-") as directory:
        yield Path(directory)
