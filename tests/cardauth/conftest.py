from collections.abc import AsyncIterator

import pytest

from tests import servers
from tests.cardauth.world import World, open_world


@pytest.fixture
async def world(database: servers.Database) -> AsyncIterator[World]:
    """Give a city with its database, keys and roles."""
    async with open_world(database) as world:
        yield world
