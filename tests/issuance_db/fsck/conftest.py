"""The books are written once; each test breaks them in a transaction that is rolled back."""

import asyncio
from collections.abc import Iterator

import pytest

from keys.file_provider import FileKeyProvider
from kiosk_server.issuing.paper import PaperWorkers
from tests.issuance_db.fsck.books import Books, written_books
from tests.issuing.conftest import ashikaga, fed, keys, keys_directory, paper
from tests.servers import MigratedCluster

__all__ = ["ashikaga", "fed", "keys", "keys_directory", "paper"]


@pytest.fixture(scope="session")
def books(cluster: MigratedCluster, keys: FileKeyProvider, paper: PaperWorkers) -> Iterator[Books]:
    writing = written_books(cluster, keys, paper)
    with asyncio.Runner() as runner:
        yield runner.run(writing.__aenter__())
        runner.run(writing.__aexit__(None, None, None))
