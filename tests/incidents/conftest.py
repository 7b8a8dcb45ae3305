"""One installation for the room: two centre processes, the projection and the sweeper on one database."""

from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from tests.incidents.people import People
from tests.issuing.conftest import keys, keys_directory, paper
from tests.system.clerk import Clerk, clerk_of
from tests.system.installation import Installation, Wanted, running_installation
from tests.system.part import Part

__all__ = ["keys", "keys_directory", "paper"]

RESIDENTS = 4_000
SAMPLES = 1_300
DEADLINE_SECONDS = 4


@pytest.fixture(scope="package")
def installation() -> Iterator[Installation]:
    wanted = Wanted(RESIDENTS, SAMPLES, settings={"deadline_seconds": str(DEADLINE_SECONDS)})
    with running_installation(wanted) as running:
        yield running


@pytest.fixture(scope="package")
def people(installation: Installation) -> People:
    return People(installation.samples)


@pytest.fixture(autouse=True)
def _everything_runs(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test leaves a whole installation behind: what it killed, it started again."""
    yield
    if "installation" in request.fixturenames:
        parts: tuple[Part, ...] = request.getfixturevalue("installation").parts
        gone = [part for part in parts if not part.runs]
        for part in gone:
            part.start()
        assert gone == []


@pytest.fixture
async def books(installation: Installation) -> AsyncIterator[asyncpg.Connection]:
    """A connection that may read the books and the register."""
    connection = await installation.administrator()
    try:
        yield connection
    finally:
        await connection.close()


@pytest.fixture
async def clerk(installation: Installation) -> AsyncIterator[Clerk]:
    async with clerk_of(installation) as made:
        yield made
