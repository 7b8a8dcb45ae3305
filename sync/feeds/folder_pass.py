"""One look at an inbox: each file that can be taken is, in the order of its source, and put away with its receipt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BufferedReader
from typing import Final

import asyncpg

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

_NO_KEY: Final = "照合の鍵がありません(KIOSK_FEED_KEY_FILE)。 / There is no key to compare with."
_NOT_TAKEN: Final = "データベースが受け付けませんでした(SQLSTATE {})。 / The database did not take it."
_FAULTS_OF_A_FILE: Final = (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError)

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
    """Looks at one city's inbox, again and again; a file that waits is read anew once another was taken, or a table has changed.

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
        while taken := [outcome for file in self._in_order(now) if (outcome := await self._take(file, now))]:
            outcomes += taken
            if any(outcome.result != "waiting" for outcome in taken):
                self._waiting.clear()
        return outcomes

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
            with self.folder.open(arrived) as stream:
                return _File(arrived, table, peek(stream, table))
        except FileRefused:
            return _File(arrived, table, None)
        except TwoTablesForOneName as why:
            self._wait(arrived, str(why), now)
        except FileNotFoundError:
            pass
        return None

    async def _take(self, file: _File, now: datetime) -> Outcome | None:
        try:
            with self.folder.open(file.arrived) as stream:
                return await self._read(file, stream, now)
        except FileNotFoundError:
            return None

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
        except _FAULTS_OF_A_FILE as error:
            fault = await self._keep(stream, FileRefused(1, "line", _NOT_TAKEN.format(error.sqlstate)), now)
        self.folder.put_away(file.arrived, "refused", receipt_text.of_refusal(file.arrived.name, fault, now), now)
        return Outcome(file.arrived.name, "refused")

    async def _keep(self, stream: BufferedReader, fault: FileRefused, now: datetime) -> FileRefused:
        await keep_refusal(self.connection, self.municipality_code, None, stream, fault, now)
        return fault

    async def _apply(self, file: _File, stream: BufferedReader, now: datetime) -> Outcome:
        name = file.arrived.name
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
            self.folder.put_away(file, "done", receipt_text.of_overtaken(file.name, str(why), now), now)
            return Outcome(file.name, "overtaken")
        except ListOfAnotherState as why:
            return self._wait(file, str(why), now)
        self.folder.put_away(file, "done", receipt_text.of_comparison(file.name, done, now), now)
        return Outcome(file.name, "equal" if done.differences.is_equal else "different")

    def _wait(self, file: Arrived, why: str, now: datetime) -> Outcome:
        self._waiting.add(file)
        self.folder.tell(file, receipt_text.of_waiting(file.name, why, now))
        return Outcome(file.name, "waiting")
