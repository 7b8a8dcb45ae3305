"""Watching inboxes for as long as the process runs: one for each city, by one process at a time."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final, Never

import asyncpg

from civil.clock import Clock
from civil.sql import load
from keys.secret_key import SecretKey
from sync.feeds.folder import Folder
from sync.feeds.folder_pass import FolderPass, Tables
from sync.observer import Observer
from sync.projection import cause_told, without_details
from sync.session import TRANSIENT, session

_SQL: Final = load("sync.feeds", "feeds.sql")
_RETRY_SECONDS: Final = 5.0
_SENT_WITHIN: Final = timedelta(days=1)
"""However soon files are deleted: what nobody has written to for so long is not being sent."""


@dataclass(frozen=True, slots=True)
class Inboxes:
    """The inbox of each city, how their files are read and compared, how often they are looked at, how long files are kept afterwards."""

    of_city: Mapping[str, Path]
    tables: Tables = tuple
    key: SecretKey | None = None
    poll_seconds: float = 5.0
    keep: timedelta = timedelta(days=7)


class InboxWatch:
    """Takes files as the role `sync`. A directory that cannot be read, or a database that is away, is tried again."""

    def __init__(self, dsn: str, inboxes: Inboxes, clock: Clock, observer: Observer | None = None) -> None:
        """Take the database, the inboxes, a clock (UTC), and who hears of it."""
        self._dsn = dsn
        self._inboxes = inboxes
        self._clock = clock
        self._observer = observer or Observer()

    async def run(self) -> Never:
        """Watch until cancelled. Raises ProjectionFailed for what no retry mends."""
        while True:
            try:
                # A whole file takes as long as it takes.
                async with without_details(), session(self._dsn, statement_seconds=None) as connection:
                    await self._serve(connection)
            except TRANSIENT as error:
                self._observer.interrupted(cause_told(error))
            await asyncio.sleep(_RETRY_SECONDS)

    async def _serve(self, connection: asyncpg.Connection) -> Never:
        led: dict[str, FolderPass] = {}
        while True:
            for city, inbox in self._inboxes.of_city.items():
                if city not in led and await connection.fetchval(_SQL["try_to_lead"], city):
                    led[city] = FolderPass(connection, city, Folder(inbox), self._inboxes.tables, self._inboxes.key)
            for city, one in led.items():
                await self._look(city, one)
            await asyncio.sleep(self._inboxes.poll_seconds)

    async def _look(self, city: str, one: FolderPass) -> None:
        now = self._clock()
        for outcome in await one.look(now):
            self._observer.fed(city, outcome.result)
        one.folder.clear(now - self._inboxes.keep)
        one.folder.clear_sending(now - _SENT_WITHIN)
