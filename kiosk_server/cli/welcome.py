"""What a person sees when the demo is ready: where it is, whom to try, what to type, how to stop."""

import shlex
from pathlib import Path

from rich.console import Console
from rich.table import Table

from kiosk_server.cli.talking import program
from kiosk_server.demo.directory import DEFAULT, DemoDirectory
from kiosk_server.demo.running import RunningDemo
from kiosk_server.demo.staff_accounts import KEPT


def welcome(demo: RunningDemo, data_dir: Path) -> None:
    """Print it on standard output. Commands stand on lines of their own, to be copied."""
    console = Console(highlight=False)
    where = _data_dir_option(data_dir)
    first = demo.samples[0]
    console.rule("[bold]準備ができました / Ready")
    console.print(_addresses(demo))
    console.print("\n[bold]見本の住民 / Sample residents[/bold](すべて架空 / all invented)")
    console.print(_samples(demo))
    console.print("\n[bold]住民票を請求する / Ask for a certificate[/bold]")
    console.print(f"暗証番号を聞かれたら {first.pin} と入力 / type {first.pin} when asked for the PIN")
    _command(console, f"{program()} request --serial {first.serial} -o juminhyo.pdf{where}")
    console.print("[bold]キオスクの画面を使う(ブラウザで) / The kiosk's screen, in a browser[/bold]")
    _command(console, f"{program()} terminal --demo{where}")
    _staff(console, data_dir, where)
    console.print("[bold]署名を確かめる、履歴を見る / Check it, and see the history[/bold]")
    _command(console, f"{program()} verify juminhyo.pdf{where}", f"{program()} history list{where}")
    console.print("[bold]止めるには Ctrl-C / Ctrl-C stops everything[/bold]")


def _addresses(demo: RunningDemo) -> Table:
    table = Table.grid(padding=(0, 2))
    rows = {
        "証明書交付センター用 / for the centre": demo.centre_url,
        "キオスク端末用 / for terminals": demo.terminal_url,
        "職員画面(ブラウザで) / staff page, for a browser": f"{demo.staff_url}",
        "運用 / operations": f"{demo.ops_url}/ready",
    }
    for what, url in rows.items():
        table.add_row(what, f"[cyan]{url}[/cyan]")
    return table


def _samples(demo: RunningDemo) -> Table:
    table = Table(box=None, padding=(0, 2), header_style="dim", expand=True)
    for heading in ("serial", "PIN", "氏名 / name"):
        table.add_column(heading, no_wrap=True)
    # Only this one gives way: what is to be typed must be seen whole.
    table.add_column("世帯 / household", overflow="ellipsis", no_wrap=True, ratio=1)
    for sample in demo.samples:
        table.add_row(sample.serial, sample.pin, sample.name, "、".join(sample.household))
    return table


def _staff(console: Console, data_dir: Path, where: str) -> None:
    accounts = (DemoDirectory(data_dir.absolute()).read(KEPT) or {}).get("accounts", ())
    if not accounts:
        return
    one = next(account for account in accounts if len(account["duties"]) > 1)
    console.print("[bold]職員画面にサインインする / Sign in at the staff console[/bold]")
    console.print(
        f"利用者ID / account [cyan]{one['account_id']}[/cyan]  パスワード / password [cyan]{one['password']}[/cyan]  確認コードは / the code:"
    )
    _command(console, f"{program()} staff code {one['account_id']}{where}")


def _command(console: Console, *lines: str) -> None:
    for line in lines:
        # No wrapping: what is copied must be one line.
        console.print(f"  [green]{line}[/green]", soft_wrap=True)
    console.print()


def _data_dir_option(data_dir: Path) -> str:
    return "" if data_dir.absolute() == DEFAULT.absolute() else f" --data-dir {shlex.quote(str(data_dir))}"
