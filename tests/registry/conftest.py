import pytest

from tests.issuing.conftest import keys, keys_directory
from tests.registry.office import Office
from tests.servers import Database

__all__ = ["keys", "keys_directory"]


@pytest.fixture
async def office(database: Database) -> Office:
    """A clerk of 足利市 before an empty register."""
    return Office(database, await database.connect("registry"))
