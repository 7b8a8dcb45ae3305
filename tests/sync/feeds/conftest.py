"""An empty inbox over a city of its own."""

from pathlib import Path

import pytest

from tests.servers import Database
from tests.sync.feeds.inbox import Inbox


@pytest.fixture
async def inbox(database: Database, tmp_path: Path) -> Inbox:
    path = tmp_path / "inbox"
    path.mkdir()
    return Inbox(path, await database.connect("sync"), await database.connect())
