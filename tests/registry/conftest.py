import pytest

from tests.registry.office import Office
from tests.servers import Database


@pytest.fixture
async def office(database: Database) -> Office:
    """A clerk of 足利市 before an empty register."""
    return Office(database, await database.connect("registry"))
