"""A port for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kiosk_server.feed_sftp.limits import Limits
from tests.feed_sftp.drops import LIMIT, Port, open_port


@pytest.fixture
def limits() -> Limits:
    return Limits(LIMIT)


@pytest.fixture
async def port(tmp_path: Path, limits: Limits) -> AsyncIterator[Port]:
    made = await open_port(tmp_path, limits)
    yield made
    for connection in made.connections:
        connection.abort()
    await made.listener.stop()
