"""An inbox, what other systems do with it, and what we find there."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import asyncpg

from sync.feeds.folder import Folder
from sync.feeds.folder_pass import FolderPass
from sync.feeds.layout_table import LayoutTable
from sync.feeds.layout_tables import tables_in
from tests.sync.registry_rows import CITY
from tests.sync.seal_source import BEGINS, KEY, Seal

LATER = BEGINS + timedelta(days=30)
ONE, TWO = Seal("0000000101", "A-1"), Seal("0000000102", "A-2")


class Inbox:
    """A directory, what other systems do with it, and what we find there."""

    def __init__(self, path: Path, sync: asyncpg.Connection, admin: asyncpg.Connection) -> None:
        self.path, self._sync, self._admin = path, sync, admin
        self.layouts = path.parent / "layouts"
        self.layouts.mkdir()
        self.watching = self.watch()

    def watch(self) -> FolderPass:
        def tables() -> tuple[LayoutTable, ...]:
            return tables_in(self.layouts)

        return FolderPass(self._sync, CITY, Folder(self.path), tables, KEY)

    def put(self, name: str, content: bytes, at: datetime = BEGINS) -> Path:
        path = self.path / name
        path.write_bytes(content)
        os.utime(path, (at.timestamp(), at.timestamp()))
        return path

    async def look(self, now: datetime = LATER) -> dict[str, str]:
        return {outcome.name: outcome.result for outcome in await self.watching.look(now)}

    def names(self, place: str = ".") -> set[str]:
        return {path.name for path in (self.path / place).iterdir() if path.is_file() or path.is_symlink()}

    def receipt(self, name: str) -> str:
        return (self.path / "receipts" / f"{name}.txt").read_text(encoding="utf-8")

    async def persons(self) -> set[str]:
        return {row[0] for row in await self._admin.fetch("SELECT person_number FROM issuance.seal_registration")}

    async def receipts(self) -> list[str]:
        rows = await self._admin.fetch("SELECT result FROM history.feed_receipt ORDER BY receipt_id")
        return [row["result"] for row in rows]
