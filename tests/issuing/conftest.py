"""Keys and paper workers are made once for the session; the city anew for each test."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from keys.development_ca import make_development_ca
from keys.file_provider import FileKeyProvider, create_keys
from kiosk_server.issuing.paper import PaperWorkers
from tests.issuing.city import LONG_AGO, City, city
from tests.issuing.fed import Fed, open_kinds
from tests.servers import Database

THIS_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
PASSPHRASE = b"not a secret in tests"


@pytest.fixture(scope="session")
def keys_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("keys") / "keys"
    create_keys(directory, PASSPHRASE, marker="demo", ca=make_development_ca("DEMO", LONG_AGO), clock=lambda: THIS_YEAR)
    return directory


@pytest.fixture(scope="session")
def keys(keys_directory: Path) -> FileKeyProvider:
    return FileKeyProvider(keys_directory, PASSPHRASE)


@pytest.fixture(scope="session")
def paper() -> Iterator[PaperWorkers]:
    workers = PaperWorkers(1)
    yield workers
    workers.close()


@pytest.fixture
async def ashikaga(database: Database, keys: FileKeyProvider, paper: PaperWorkers) -> AsyncIterator[City]:
    """A city with one household: 101 (head), 102 and 103, projected; nobody has a card yet."""
    async with city(database, keys, paper) as made:
        await made.registry.family("900", "101", "102", "103")
        await made.project()
        yield made


@pytest.fixture
async def fed(ashikaga: City) -> Fed:
    """The same city, where seals and koseki may be asked for too; nobody has one yet."""
    return await open_kinds(ashikaga)
