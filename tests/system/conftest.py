"""One running service for the room; keys and paper workers as tests of issuing have them."""

from collections.abc import Iterator

import pytest

from tests.issuing.conftest import keys, keys_directory, paper
from tests.system.running import Service, running_service

__all__ = ["keys", "keys_directory", "paper"]

RESIDENTS = 6_000
SAMPLES = 2_000


@pytest.fixture(scope="package")
def service() -> Iterator[Service]:
    with running_service(RESIDENTS, SAMPLES) as running:
        yield running
