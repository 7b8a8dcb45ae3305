"""Fixtures every room may use: real servers, one of each per test session, and a database per test."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import redis
from xdist.scheduler import LoadScopeScheduling

from kiosk_server.embedded.postgres import EmbeddedPostgres, PostgresAddress
from kiosk_server.embedded.valkey import EmbeddedValkey
from tests.servers import FAST_SETTINGS, Database, MigratedCluster, migrated_cluster

_MEMORY = Path("/dev/shm")  # noqa: S108 - a directory of our own is made in it
_ROOM = 4 * 2**30

_SHARING = ("terminal", "staff", "incidents", "browser", "faults", "system", "cli")
"""Rooms whose fixtures of the scope `package` are whole services or browsers. They come first, the longest before all: at the end nobody waits for one."""

# No timed asserts: a slow machine is no failure, and a slow example is no finding.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")


class _ByRoom(LoadScopeScheduling):  # type: ignore[misc] # the library has no types
    """Side by side: the files of a room that shares what is slow to start go to one process, others go alone."""

    def _split_scope(self, nodeid: str) -> str:
        return _place(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    return _ByRoom(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files of such a room follow each other: what they share is started once, and stopped after them."""
    places = dict.fromkeys((*_SHARING, *(_place(item.nodeid) for item in items)))
    turns = {place: turn for turn, place in enumerate(places)}
    items.sort(key=lambda item: turns[_place(item.nodeid)])


def _place(nodeid: str) -> str:
    path = nodeid.partition("::")[0]
    room = path.split("/")[1]
    return room if room in _SHARING else path


@pytest.fixture(scope="session", autouse=True)
def reader_service_dir() -> Iterator[Path]:
    """Where a PC/SC daemon of a test has its place, from the first test on: the client library asks for it once a process.

    A short path, for that of a socket has at most 107 bytes. Until a test starts a daemon there, no reader can be reached.
    """
    with tempfile.TemporaryDirectory(prefix="pcsc-", dir="/tmp") as name, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PCSCLITE_CSOCK_NAME", f"{name}/run/pcscd.comm")
        yield Path(name)


@pytest.fixture(scope="session")
def servers_dir() -> Iterator[Path]:
    """A directory for the servers' data, gone at the end of the session (pytest's own would stay, 100 MB a time)."""
    with tempfile.TemporaryDirectory(prefix="kiosk-tests-", dir=_in_memory()) as directory:
        yield Path(directory)


def _in_memory() -> Path | None:
    """A database for each test is a copy of 11 MB in 400 files: ten times as quick in memory, where there is room."""
    has_room = _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free >= _ROOM
    return _MEMORY if has_room else None


@pytest.fixture(scope="session")
def postgres_server(servers_dir: Path) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(servers_dir / "postgres", settings=FAST_SETTINGS) as server:
        yield server


@pytest.fixture(scope="session")
def postgres(postgres_server: EmbeddedPostgres) -> PostgresAddress:
    """The session's PostgreSQL, with nothing of ours in it but what other fixtures put there."""
    return postgres_server.address


@pytest.fixture(scope="session")
def cluster(postgres: PostgresAddress) -> MigratedCluster:
    """The session's PostgreSQL with the migrated template; for tests that want several databases."""
    return migrated_cluster(postgres)


@pytest.fixture
async def database(cluster: MigratedCluster) -> AsyncIterator[Database]:
    """A migrated, empty database for this test alone."""
    async with cluster.database() as database:
        yield database


@pytest.fixture(scope="session")
def valkey_server(servers_dir: Path) -> Iterator[EmbeddedValkey]:
    with EmbeddedValkey(servers_dir / "valkey") as server:
        yield server


@pytest.fixture
def valkey_url(valkey_server: EmbeddedValkey) -> str:
    """The session's Valkey, empty."""
    with redis.Redis.from_url(valkey_server.url) as client:
        client.flushall()
    return valkey_server.url
