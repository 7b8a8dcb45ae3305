"""Where a PIN comes from: standard input, a question without echo, or a file. Never an argument, which others could see."""

import sys
from pathlib import Path

import click

from kiosk_server.cli.running_demo import NotTold


def read_pin(pin_file: Path | None) -> str:
    """The PIN, without the line end. Raises NotTold when standard input has none."""
    if pin_file is not None:
        pin = pin_file.read_text(encoding="ascii", errors="replace")
    elif sys.stdin.isatty():
        pin = click.prompt("暗証番号(4桁) / PIN (four digits)", hide_input=True, err=True)
    else:
        pin = sys.stdin.readline()
    if not pin.strip():
        raise NotTold(
            "暗証番号がありません。標準入力か --pin-file で渡してください。 / There is no PIN. Give it on standard input or with --pin-file."
        )
    return pin.rstrip("\r\n")
