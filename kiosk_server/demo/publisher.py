"""The demo's publisher: one more process, which writes what a real city puts on its web site every hour."""

from collections.abc import Sequence
from typing import Final

from kiosk_server.demo.city import MUNICIPALITY_NAME
from kiosk_server.demo.directory import DemoDirectory

NAME: Final = "publisher"
EVERY_SECONDS: Final = 30
"""More often than in real life: whoever tries it does not wait an hour for a verdict."""


def publisher_command(directory: DemoDirectory) -> Sequence[str]:
    """How it is started; its files are in `directory.published`."""
    where = ("--settings", str(directory.settings), "--every", str(EVERY_SECONDS), "--city-name", MUNICIPALITY_NAME)
    return ("seal", "publish", str(directory.published), *where)
