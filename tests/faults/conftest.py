"""The city of the issuing tests, broken here in other ways, and a service of several processes to be struck."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.faults.service import Service, service_of
from tests.incidents.people import People
from tests.issuing.conftest import ashikaga, keys, keys_directory, paper
from tests.system.installation import Installation, Wanted, running_installation

__all__ = ["ashikaga", "keys", "keys_directory", "paper"]

RESIDENTS = 2_000
SAMPLES = 700


@pytest.fixture(scope="session")
def installation() -> Iterator[Installation]:
    """Short leases, since most tests wait for one to run out."""
    with running_installation(Wanted(RESIDENTS, SAMPLES, settings={"deadline_seconds": "3"})) as running:
        yield running


@pytest.fixture(scope="session")
def people(installation: Installation) -> People:
    return People(installation.samples)


@pytest.fixture
async def service(installation: Installation, people: People) -> AsyncIterator[Service]:
    async with service_of(installation, people) as made:
        yield made
