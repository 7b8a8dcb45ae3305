"""One look at an inbox: each file that can be taken is, in the order of its source, and put away with its receipt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BufferedReader
from typing import Final

import asyncpg

from civil.sql import load
from keys.secret_key import SecretKey
from sync.feeds import receipt_text
from sync.feeds.applying import apply_file
from sync.feeds.comparing import ListOfAnotherState, ListOvertaken, compare_source
from sync.feeds.errors import FileRefused, OtherCity
from sync.feeds.folder import Arrived, Folder
from sync.feeds.layout_table import LayoutTable, LayoutTableWrong
from sync.feeds.layout_tables import TwoTablesForOneName, table_for
from sync.feeds.peeking import Peeked, peek
from sync.feeds.receipts import keep_refusal
from sync.feeds.receiving import Watch

_SQL: Final = load("sync.feeds", "feeds.sql")

_NO_KEY: Final = "照合の鍵がありません(KIOSK_FEED_KEY_FILE)。 / There is no key to compare with."
_NOT_TAKEN: Final = "データベースが受け付けませんでした(SQLSTATE {})。 / The database did not take it."
_NOT_READ: Final = "処理できない内容です({})。 / What is in it cannot be processed."
_UNREADABLE: Final = (
    "このファイルを読む権限がないか、ディスクの異常です。 / It may not be read by this program, or the disk is faulty."
)
_NOT_TAKEN_BY_DATABASE: Final = (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError)
_NOT_PROCESSED: Final = (ValueError, ArithmeticError, LookupError, RecursionError)
"""Whatever else a content may do to a program that reads it."""

Tables = Callable[[], Sequence[LayoutTable]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: applied, repeated, overtaken, waiting, refused, equal or different."""

    name: str
    result: str


@dataclass(frozen=True, slots=True)
class _File:
    """One that arrived, its table (None for our own form), what it says of itself (None where that cannot be read)."""

    arrived: Arrived
    table: LayoutTable | None
    peeked: Peeked | None


@dataclass(slots=True)
class FolderPass:
    """Looks at one city's inbox, again and again; a file that waits is read anew once another was taken, by whomever, or a table has changed.

    `tables` is asked at each look, so that a table can be mended while this runs. `connection` has the role `sync`.
    """

    connection: asyncpg.Connection
    municipality_code: str
    folder: Folder
    tables: Tables = tuple
    key: SecretKey | None = None
    watch: Watch | None = None
    _read_by: Sequence[LayoutTable] = ()
    _waiting: set[Arrived] = field(default_factory=set)
    _unreadable: set[Arrived] = field(default_factory=set)
    _last_applied: int = 0

    async def look(self, now: datetime) -> list[Outcome]:
        """Take what can be taken, until nothing more can be. `now` is UTC. Raises OSError, and errors of the database's connection."""
        try:
            tables = self.tables()
        except LayoutTableWrong as wrong:
            return [self._wait(file, str(wrong), now) for file in self._new(now)]
        if tables != self._read_by:
            self._waiting.clear()
            self._read_by = tables
        outcomes: list[Outcome] = []
        while True:
            before = await self._applied()
            if before != self._last_applied:
                self._waiting.clear()
            taken = [outcome for file in self._in_order(now) if (outcome := await self._take(file, now))]
            self._last_applied = before
            if not taken:
                return outcomes
            outcomes += taken

    async def _applied(self) -> int:
        """The receipt of the last file that was applied, from here or by staff."""
        async with self.connection.transaction():
            await self.connection.execute(_SQL["enter_city"], self.municipality_code)
            return int(await self.connection.fetchval(_SQL["last_applied"], self.municipality_code))

    def _new(self, now: datetime) -> list[Arrived]:
        return [file for file in self.folder.arrived(now) if file not in self._waiting]

    def _in_order(self, now: datetime) -> list[_File]:
        """Those that cannot be read come first: they are refused, whatever the others are."""
        files = [file for arrived in self._new(now) if (file := self._peeked(arrived, now))]
        unknown = [file for file in files if file.peeked is None]
        known = [(file.peeked, file.arrived.name, file) for file in files if file.peeked]
        return [*unknown, *(file for _peeked, _name, file in sorted(known, key=lambda one: one[:2]))]

    def _peeked(self, arrived: Arrived, now: datetime) -> _File | None:
        table = None
        try:
            table = table_for(self._read_by, arrived.name)
            stream = self._opened(arrived, now)
            if stream is None:
                return None
            with stream:
                return _File(arrived, table, peek(stream, table))
        except (FileRefused, *_NOT_PROCESSED):
            return _File(arrived, table, None)
        except TwoTablesForOneName as why:
            self._wait(arrived, str(why), now)
        return None

    def _opened(self, arrived: Arrived, now: datetime) -> BufferedReader | None:
        """None where it is gone, or cannot be read: that is told once, and tried again at each look, since a right changes no file."""
        try:
            return self.folder.open(arrived)
        except FileNotFoundError:
            return None
        except OSError:
            if arrived not in self._unreadable:
                self._unreadable.add(arrived)
                self.folder.tell(arrived, receipt_text.of_waiting(arrived.told, _UNREADABLE, now))
            return None

    async def _take(self, file: _File, now: datetime) -> Outcome | None:
        stream = self._opened(file.arrived, now)
        if stream is None:
            return None
        with stream:
            return await self._read(file, stream, now)

    async def _read(self, file: _File, stream: BufferedReader, now: datetime) -> Outcome:
        """What makes one file impossible must not stop the others. A lost connection is no fault of a file, and is raised."""
        try:
            if file.peeked is not None and file.peeked.is_list:
                return await self._compare(file.arrived, stream, now)
            return await self._apply(file, stream, now)
        except FileRefused as refused:
            fault = refused
        except OtherCity as error:
            fault = await self._keep(stream, FileRefused(1, "municipality_code", str(error)), now)
        except _NOT_TAKEN_BY_DATABASE as error:
            fault = await self._keep(stream, FileRefused(1, "line", _NOT_TAKEN.format(error.sqlstate)), now)
        except _NOT_PROCESSED as error:
            fault = await self._keep(stream, FileRefused(1, "line", _NOT_READ.format(type(error).__name__)), now)
        self.folder.put_away(file.arrived, "refused", receipt_text.of_refusal(file.arrived.told, fault, now), now)
        return Outcome(file.arrived.told, "refused")

    async def _keep(self, stream: BufferedReader, fault: FileRefused, now: datetime) -> FileRefused:
        await keep_refusal(self.connection, self.municipality_code, None, stream, fault, now)
        return fault

    async def _apply(self, file: _File, stream: BufferedReader, now: datetime) -> Outcome:
        name = file.arrived.told
        receipt = await apply_file(self.connection, self.municipality_code, stream, now, file.table, self.watch)
        text = receipt_text.of_receipt(name, receipt, now)
        if receipt.result == "waiting":
            self._waiting.add(file.arrived)
            self.folder.tell(file.arrived, text)
        else:
            self.folder.put_away(file.arrived, "done", text, now)
        return Outcome(name, receipt.result)

    async def _compare(self, file: Arrived, stream: BufferedReader, now: datetime) -> Outcome:
        if self.key is None:
            return self._wait(file, _NO_KEY, now)
        try:
            done = await compare_source(self.connection, self.municipality_code, stream, self.key, now)
        except ListOvertaken as why:
            self.folder.put_away(file, "done", receipt_text.of_overtaken(file.told, str(why), now), now)
            return Outcome(file.told, "overtaken")
        except ListOfAnotherState as why:
            return self._wait(file, str(why), now)
        self.folder.put_away(file, "done", receipt_text.of_comparison(file.told, done, now), now)
        return Outcome(file.told, "equal" if done.differences.is_equal else "different")

    def _wait(self, file: Arrived, why: str, now: datetime) -> Outcome:
        self._waiting.add(file)
        self.folder.tell(file, receipt_text.of_waiting(file.told, why, now))
        return Outcome(file.told, "waiting")
