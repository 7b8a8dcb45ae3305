"""A city that is set up, for processes to serve."""

from pathlib import Path

import pytest

from tests.processes.nodes import Nodes, nodes
from tests.servers import Database


@pytest.fixture
async def site(database: Database, tmp_path: Path) -> Nodes:
    return await nodes(database, tmp_path)
