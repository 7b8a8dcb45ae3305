"""What the demo that is running in a data directory says about itself, so that commands need not be told."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from civil.errors import KioskError
from kiosk_server.demo.directory import DEFAULT, DemoDirectory


class NotTold(KioskError):
    """必要な指定がありません。 / Something that is needed was not given."""


data_dir_option = click.option(
    "--data-dir",
    type=click.Path(path_type=Path),
    default=DEFAULT,
    show_default=True,
    help="動いているデモの場所。省いた指定はここから / a running demo; what is left out is taken from it",
)


def said_by(data_dir: Path) -> Mapping[str, Any]:
    """Addresses and files of the demo running there; empty when none is."""
    return DemoDirectory(data_dir.absolute()).read("running") or {}


def settings_of(data_dir: Path) -> Path | None:
    """The settings file of the demo there; None when none is."""
    file = DemoDirectory(data_dir.absolute()).settings
    return file if file.exists() else None


def need(option: str, value: Any, said: Mapping[str, Any], name: str) -> Any:
    """The value of an option, or else what the running demo says. Raises NotTold, naming the option."""
    found = said.get(name) if value is None else value
    if found is None:
        raise NotTold(
            f"{option} を指定するか、先に kiosk up --demo を起動してください(場所が違うときは --data-dir)。 / "
            f"Give {option}, or start kiosk up --demo first (and name its --data-dir if it has another one)."
        )
    return found
