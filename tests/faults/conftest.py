"""The city of the issuing tests, broken here in other ways, and a service of several processes to be struck."""

from collections.abc import AsyncIterator, Iterator
from itertools import cycle

import pytest

from tests.faults.service import Service, service_of
from tests.issuing.conftest import ashikaga, keys, keys_directory, paper
from tests.system.installation import Installation, Wanted, running_installation
from tests.system.running import Sample

__all__ = ["ashikaga", "keys", "keys_directory", "paper"]

RESIDENTS = 1_000
SAMPLES = 300


@pytest.fixture(scope="package")
def installation() -> Iterator[Installation]:
    """Short leases, since most tests wait for one to run out."""
    with running_installation(Wanted(RESIDENTS, SAMPLES, settings={"deadline_seconds": "3"})) as running:
        yield running


@pytest.fixture(scope="package")
def residents(installation: Installation) -> Iterator[Sample]:
    """One after the other, and the first again after the last."""
    return cycle(installation.samples)


@pytest.fixture
async def service(installation: Installation, residents: Iterator[Sample]) -> AsyncIterator[Service]:
    async with service_of(installation, residents) as made:
        yield made
