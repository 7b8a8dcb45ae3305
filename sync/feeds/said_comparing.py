"""整合処理 of a source that writes files: what we hold beside what its files said last, without a file; all of it, a part, or some numbers."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Literal

import asyncpg

from civil.clock import Clock
from civil.errors import KioskError
from civil.sql import load
from sync.feeds.doubts import Compared, Doubt, bring_doubts, doubted, keep_comparison
from sync.feeds.fed_source import FedSource
from sync.feeds.fed_sources import FED_SOURCES
from sync.feeds.said import differing
from sync.reconciliation import RANGE_BITS, Pair, narrow

_SQL: Final = load("sync.feeds", "said.sql")
COMPARED: Final = {source.name: source for source in FED_SOURCES if "told" in source.statements}
"""Sources whose records are compared with what was said of them, by name."""
PARTS: Final = 64
_Scope = Literal["whole", "part", "numbers"]


class SourceBusy(KioskError):
    """その連携元のファイルを適用中です。終わってからもう一度行ってください。 /
    A file of that source is being applied. Try again when it is done."""


@dataclass(frozen=True, slots=True)
class SaidComparison:
    """`said` and `held` count the records of each side; `differences` by number, as of `at` (UTC); `cleared` were in doubt and no longer are."""

    source: str
    said: int
    held: int
    at: datetime
    differences: dict[str, Doubt] = field(default_factory=dict)
    cleared: int = 0


@dataclass(frozen=True, slots=True)
class Begun:
    """A source that can be compared, and when all of it and a part of it was compared last (UTC)."""

    source: FedSource
    whole_at: datetime | None
    part_at: datetime | None
    next_part: int


class FedReconciler:
    """Compares one city's fed sources over one connection in no transaction, as `sync`. Safe beside files that come and permits.

    A first look at one moment, without a lock, gives suspects. They are looked at once more in the turn of the source, in which no
    file of it changes either side; who differs there is in doubt from that commit on.
    """

    def __init__(self, connection: asyncpg.Connection, municipality_code: str, clock: Clock) -> None:
        self._connection = connection
        self._city = municipality_code
        self._clock = clock

    async def begun(self) -> Sequence[Begun]:
        """The sources of which a full file has come, by name; the others have nothing to be compared with."""
        async with self._entered():
            rows = await self._connection.fetch(_SQL["begun"], self._city, list(COMPARED))
        return [Begun(COMPARED[row["source"]], row["whole_at"], row["part_at"], row["next_part"]) for row in rows]

    async def whole(self, source: FedSource) -> SaidComparison:
        """Compare everything, and write down what was found. Raises SourceBusy."""
        done = await self._compared(source, None)
        async with self._entered():
            await self._connection.execute(_SQL["done_whole"], self._city, source.name, done.at)
        return done

    async def part(self, source: FedSource, part: int) -> SaidComparison:
        """Compare one part in 64; written down is only what was not found before, and what no longer is. Raises SourceBusy."""
        done = await self._compared(source, range(part, 1 << RANGE_BITS, PARTS))
        async with self._entered():
            after = (part + 1) % PARTS
            await self._connection.execute(_SQL["done_part"], self._city, source.name, self._clock(), after)
        return done

    async def numbers(self, source: FedSource, numbers: Sequence[str]) -> SaidComparison:
        """Compare some numbers (宛名番号, or those of koseki), and write down what was found. Raises SourceBusy."""
        async with self._entered():
            counts = await self._connection.fetchrow(_SQL["counts"], self._city, source.name, numbers)
        assert counts is not None  # noqa: S101 - a SELECT without FROM always gives a row
        counted = SaidComparison(source.name, counts["said"], counts["held"], self._clock())
        return await self._judged(counted, source, numbers, "numbers")

    async def _compared(self, source: FedSource, ranges: Sequence[int] | None) -> SaidComparison:
        pair = Pair(("said", "held"), _SQL["ranges"], _SQL["keys"], (source.name,))
        async with self._entered("repeatable_read"):
            found = await narrow(self._connection, ranges, pair)
            keys = [*found.comparison.missing, *found.comparison.extra, *found.comparison.different]
            rows = await self._connection.fetch(_SQL["numbers_of"], self._city, source.name, keys) if keys else ()
            before = await doubted(self._connection, self._city, source, "said")
        suspected = sorted({*before, *(row["number"] for row in rows)})
        counted = SaidComparison(source.name, found.in_register, found.in_records, self._clock())
        if not suspected and ranges is not None:
            return counted
        return await self._judged(counted, source, suspected, "whole" if ranges is None else "part")

    async def _judged(
        self, counted: SaidComparison, source: FedSource, numbers: Sequence[str], scope: _Scope
    ) -> SaidComparison:
        async with self._entered():
            if not await self._connection.fetchval(_SQL["try_turn"], self._city, source.name):
                raise SourceBusy
            now = self._clock()
            found = await differing(self._connection, self._city, source, numbers)
            brought = await bring_doubts(self._connection, self._city, source, found, "said", now, among=numbers)
            if brought.is_anything or scope != "part":
                last = await self._connection.fetchrow(_SQL["state"], self._city, source.name)
                assert last is not None  # noqa: S101 - a source that has begun has a row
                parts = last["parts_compared"] if scope == "whole" else None
                told = Compared("said", last["file_number"], last["fed_at"], None, counted.said, counted.held, parts)
                await keep_comparison(
                    self._connection, self._city, source.name, told, found, now, is_new=bool(brought.new)
                )
        return replace(counted, differences=found, at=now, cleared=brought.cleared)

    @asynccontextmanager
    async def _entered(
        self, isolation: Literal["read_committed", "repeatable_read"] = "read_committed"
    ) -> AsyncIterator[None]:
        async with self._connection.transaction(isolation=isolation):
            await self._connection.execute(_SQL["enter_city"], self._city)
            yield
