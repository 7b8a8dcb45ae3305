"""What a check of a city's centre process looks at, with everything right."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from civil.clock import utc_now
from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.settings import read_settings
from tests.issuing.conftest import keys, keys_directory
from tests.processes.nodes import Nodes, nodes
from tests.servers import Database

__all__ = ["keys", "keys_directory"]


class MovableClock:
    """The real clock, moved."""

    def __init__(self) -> None:
        self.by = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.by


@pytest.fixture
async def site(database: Database, tmp_path: Path) -> Nodes:
    return await nodes(database, tmp_path)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
async def around(site: Nodes, clock: MovableClock) -> AsyncIterator[Surroundings]:
    async with Surroundings(read_settings(site.settings()), "centre", "front", clock) as found:
        yield found
