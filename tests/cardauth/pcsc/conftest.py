from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cardauth.pcsc.daemon import Daemon, running_daemon


@pytest.fixture(scope="package")
def daemon(reader_service_dir: Path) -> Iterator[Daemon]:
    """Give a PC/SC daemon of our own with two virtual readers."""
    with running_daemon(reader_service_dir) as running:
        yield running


@pytest.fixture
def readers(daemon: Daemon) -> Iterator[Daemon]:
    """Give the daemon with both readers empty, and empty them at the end."""
    yield daemon
    daemon.go_on()
    for card in daemon.cards:
        card.remove()
    daemon.cards.clear()
