"""How commands talk: progress and errors to standard error, results to standard output."""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.console import Console


def progress(*, quiet: bool = False) -> Callable[[str], None]:
    """Says what is being done, a line each, on standard error."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)

    def tell(words: str) -> None:
        if not quiet:
            console.print(f"[dim]·[/dim] {words}")

    return tell


def one_line(values: Any) -> None:
    """Print a value as one line of JSON (UTF-8) on standard output, at once."""
    click.echo(json.dumps(values, ensure_ascii=False, default=str).encode() + b"\n", nl=False)
    sys.stdout.flush()


def program() -> str:
    """How the person at this terminal calls `kiosk`: by its name if that finds this very program, else by its path."""
    called = Path(sys.argv[0])
    found = shutil.which("kiosk")
    if found is not None and called.exists() and Path(found).samefile(called):
        return "kiosk"
    if called.name != "kiosk":
        return f"{sys.executable} -m kiosk_server.cli"
    try:
        return str(called.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(called.absolute())
