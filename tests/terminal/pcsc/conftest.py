from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cardauth.pcsc.conftest import daemon, readers
from tests.cli.command import service_up
from tests.cli.installing import Site
from tests.terminal.ipp import PaperTray, ipp_printer

__all__ = ["daemon", "readers"]


@pytest.fixture(scope="module")
def terminal_url(place: Site) -> Iterator[str]:
    """Start the service of the module's `place`; where terminals find it."""
    with service_up(place.path / "up.err", "--settings", str(place.settings)) as (_, said):
        yield said["terminal_url"]


@pytest.fixture
def paper(tmp_path: Path) -> Iterator[PaperTray]:
    """Give a printer of our own."""
    (tmp_path / "printer").mkdir()
    with ipp_printer(tmp_path / "printer") as tray:
        yield tray
