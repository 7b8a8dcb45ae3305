"""The watch over inboxes: one process for each city, gone on with after the database was away, killed at any moment without harm."""

import asyncio
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from sync.feeds.folder_pass import FolderPass, Outcome
from sync.feeds.watching import Inboxes, InboxWatch
from sync.observer import Observer
from tests.servers import Database
from tests.sync.registry_rows import CITY
from tests.sync.seal_source import KEY, Seal, SealSource

MOST_SECONDS = 30


class Heard(Observer):
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.results: list[str] = []
        self.causes: list[str] = []
        self._told = asyncio.Event()

    def fed(self, municipality_code: str, result: str) -> None:
        assert municipality_code == CITY
        self.results.append(result)
        self._told.set()

    def interrupted(self, cause: str) -> None:
        self.causes.append(cause)

    async def until(self, *expected: str) -> None:
        async with asyncio.timeout(MOST_SECONDS):
            while self.results != list(expected):
                self._told.clear()
                await self._told.wait()


def put(inbox: Path, name: str, content: bytes) -> None:
    path = inbox / name
    path.write_bytes(content)
    long_ago = datetime.now(UTC).timestamp() - 60
    os.utime(path, (long_ago, long_ago))


def watch(database: Database, inbox: Path, heard: Heard) -> InboxWatch:
    inboxes = Inboxes({CITY: inbox}, key=KEY, poll_seconds=0.05)
    return InboxWatch(database.dsn("sync"), inboxes, lambda: datetime.now(UTC), heard)


@pytest.fixture
def source() -> SealSource:
    return SealSource(begins=datetime.now(UTC) - timedelta(hours=20))


async def test_files_are_taken_while_it_runs_and_by_one_process_at_a_time(
    database: Database, tmp_path: Path, source: SealSource
) -> None:
    first, second = Heard(), Heard()
    leader = asyncio.create_task(watch(database, tmp_path, first).run())
    put(tmp_path, "0.csv", source.full(Seal("0000000101", "A-1")))
    await first.until("applied")
    follower = asyncio.create_task(watch(database, tmp_path, second).run())
    put(tmp_path, "1.csv", source.delete("0000000101"))
    await first.until("applied", "applied")
    assert second.results == []
    leader.cancel()
    await asyncio.gather(leader, return_exceptions=True)
    put(tmp_path, "2.csv", source.register(Seal("0000000102", "A-2")))
    await second.until("applied")
    follower.cancel()
    await asyncio.gather(follower, return_exceptions=True)


async def test_a_database_that_goes_away_is_waited_for(
    database: Database, tmp_path: Path, source: SealSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.feeds.watching._RETRY_SECONDS", 0.05)
    heard = Heard()
    running = asyncio.create_task(watch(database, tmp_path, heard).run())
    put(tmp_path, "0.csv", source.full(Seal("0000000101", "A-1")))
    await heard.until("applied")
    admin = await database.connect()
    assert await end_sessions(admin) >= 1
    put(tmp_path, "1.csv", source.delete("0000000101"))
    await heard.until("applied", "applied")
    assert heard.causes
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_driver_caught_between_two_messages_is_no_end_of_the_watch(
    database: Database, tmp_path: Path, source: SealSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What asyncpg raises now and then when the server ends a connection."""
    monkeypatch.setattr("sync.feeds.watching._RETRY_SECONDS", 0.05)
    heard, fails = Heard(), [asyncpg.InternalClientError("another operation is in progress")]
    look = FolderPass.look

    async def failing_once(one: FolderPass, now: datetime) -> list[Outcome]:
        if fails:
            raise fails.pop()
        return await look(one, now)

    monkeypatch.setattr(FolderPass, "look", failing_once)
    running = asyncio.create_task(watch(database, tmp_path, heard).run())
    put(tmp_path, "0.csv", source.full(Seal("0000000101", "A-1")))
    await heard.until("applied")
    assert heard.causes == ["InternalClientError"]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def end_sessions(admin: asyncpg.Connection) -> int:
    ended = await admin.fetch(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'sync' AND datname = current_database()"
    )
    return len(ended)


async def test_what_is_being_sent_is_left_alone_even_where_nothing_is_kept(
    database: Database, tmp_path: Path, source: SealSource
) -> None:
    heard = Heard()
    sending, left = (tmp_path / f".{digit * 32}.part" for digit in "01")
    put(tmp_path, sending.name, b"half")
    left.write_bytes(b"half")
    two_days_ago = datetime.now(UTC).timestamp() - 2 * 86_400
    os.utime(left, (two_days_ago, two_days_ago))
    inboxes = Inboxes({CITY: tmp_path}, poll_seconds=0.05, keep=timedelta())
    running = asyncio.create_task(InboxWatch(database.dsn("sync"), inboxes, lambda: datetime.now(UTC), heard).run())
    for number, content in enumerate((source.full(Seal("0000000101", "A-1")), source.delete("0000000101"))):
        put(tmp_path, f"{number}.csv", content)
        await heard.until(*["applied"] * (number + 1))
    assert (sending.exists(), left.exists()) == (True, False)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
