"""A city with its console."""

from collections.abc import AsyncIterator

import pytest

from tests.issuing.city import City
from tests.issuing.conftest import ashikaga, fed, keys, keys_directory, paper
from tests.staff.office import Office
from tests.staff.office import office as opened

__all__ = ["ashikaga", "fed", "keys", "keys_directory", "paper"]


@pytest.fixture
async def office(ashikaga: City) -> AsyncIterator[Office]:
    async with opened(ashikaga) as made:
        yield made
