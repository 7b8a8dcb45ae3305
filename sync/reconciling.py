"""整合処理 of one city while everything runs: what differs is looked at again, held back, explained, and repaired once approved.

A difference between two sides of a live system may only be a change under way. So a first look, at one moment and without any
lock, gives suspects. Each is looked at once more in the turn of the projection, after everything committed by then was applied
in the same transaction: what differs there differs in truth.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final, Literal, TypeVar

import asyncpg

from civil.clock import Clock
from civil.sql import load
from reconcile import Cause, Comparison, counted
from sync.batch import CityProjection
from sync.errors import ResidentsFromFiles
from sync.feeds.ageing import tell_too_old
from sync.reconciliation import RANGE_BITS, Narrowed, narrow
from sync.record_differences import RecordDifference, record_differences

_SQL: Final = load("sync", "reconciling.sql")
_Item = TypeVar("_Item")
PARTS: Final = 64
_AT_ONCE: Final = 1_000
"""Persons looked at again in one turn: what the projection has to wait for."""


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """`in_register` and `in_records` count the persons of each side; `cleared` were held back before and are equal now."""

    in_register: int
    in_records: int
    differences: Sequence[RecordDifference]
    cleared: int

    @property
    def is_equal(self) -> bool:
        """Whether both sides hold the same."""
        return not self.differences


@dataclass(frozen=True, slots=True)
class Repair:
    """One record (宛名番号) that was made anew, and whether it equals the register since."""

    person_number: str
    is_equal: bool


class Reconciler:
    """Compares and repairs one city over one connection of its own, as `sync`. Safe beside a running projection and permits."""

    def __init__(self, connection: asyncpg.Connection, municipality_code: str, clock: Clock) -> None:
        self._connection = connection
        self._city = municipality_code
        self._clock = clock
        self._projection = CityProjection(connection, municipality_code, clock)

    async def whole_city(self) -> Reconciliation:
        """Compare everybody, both ways, and write down what was found. Raises ResidentsFromFiles."""
        await self._require_registry()
        began = self._clock()
        done = await self._looked_again(await self._suspected(None), await self._doubted(None))
        async with self._entered():
            await self._connection.execute(_SQL["done_whole"], self._city, self._clock())
            await self._remember("city", done, began)
        return done

    async def next_part(self) -> Reconciliation:
        """Compare one part in 64, each in its turn; only what differs is written down."""
        began = self._clock()
        async with self._entered():
            row = await self._connection.fetchrow(_SQL["progress"], self._city)
        part = 0 if row is None else row["next_part"]
        done = await self._looked_again(await self._suspected(range(part, 1 << RANGE_BITS, PARTS)), ())
        async with self._entered():
            await self._connection.execute(_SQL["done_part"], self._city, self._clock(), (part + 1) % PARTS)
            if not done.is_equal:
                await self._remember("part", done, began)
        return done

    async def persons(self, numbers: Sequence[str]) -> Reconciliation:
        """Compare some persons (宛名番号), and write down what was found. Raises ResidentsFromFiles."""
        await self._require_registry()
        began = self._clock()
        async with self._entered():
            there = await self._connection.fetchrow(_SQL["counts"], self._city, numbers)
        assert there is not None  # noqa: S101 - a SELECT without FROM always gives a row
        suspected = Narrowed(there["in_register"], there["in_records"], Comparison((), (), tuple(numbers)))
        done = await self._looked_again(suspected, await self._doubted(numbers))
        async with self._entered():
            await self._remember("persons", done, began)
        return done

    async def last_compared(self) -> tuple[datetime | None, datetime | None]:
        """When (UTC) the whole city was compared last, and when a part of it."""
        async with self._entered():
            row = await self._connection.fetchrow(_SQL["progress"], self._city)
        return (None, None) if row is None else (row["whole_at"], row["part_at"])

    async def tell_too_old(self) -> Sequence[str]:
        """Sources of the city that have passed their age limit since this was asked last, each with an alert."""
        return await tell_too_old(self._connection, self._city, self._clock())

    async def is_fed_by_files(self) -> bool:
        """Whether the residents of the city come in files: then lists of their register are compared (`sync.feeds`), and not this."""
        async with self._entered():
            return bool(await self._connection.fetchval(_SQL["is_fed"], self._city))

    async def repair(self) -> Sequence[Repair]:
        """Make the records anew whose repair staff have approved, and let go whoever is equal then."""
        async with self._entered():
            approvals = await self._connection.fetch(_SQL["approvals"], self._city)
        repaired: list[Repair] = []
        for some in _slices(approvals):
            repaired += await self._projection.applied_then(partial(self._repair, some))
        return repaired

    async def _require_registry(self) -> None:
        if await self.is_fed_by_files():
            raise ResidentsFromFiles

    async def _suspected(self, ranges: Sequence[int] | None) -> Narrowed:
        async with self._entered("repeatable_read"):
            return await narrow(self._connection, ranges)

    async def _doubted(self, persons: Sequence[str] | None) -> Sequence[str]:
        async with self._entered():
            rows = await self._connection.fetch(_SQL["doubted"], self._city, persons)
        return [row["person_number"] for row in rows]

    async def _looked_again(self, suspected: Narrowed, doubted: Sequence[str]) -> Reconciliation:
        found = suspected.comparison
        persons = sorted({*found.missing, *found.extra, *found.different, *doubted})
        differences: list[RecordDifference] = []
        cleared = 0
        for some in _slices(persons):
            truly, equal_again = await self._projection.applied_then(partial(self._judge, some))
            differences += truly
            cleared += equal_again
        return Reconciliation(suspected.in_register, suspected.in_records, differences, cleared)

    async def _judge(self, persons: Sequence[str]) -> tuple[list[RecordDifference], int]:
        """Hold back whoever differs and is not set aside anyway, and let go whoever is equal again; how many those were."""
        differences = await record_differences(self._connection, self._city, persons)
        before = {row["person_number"] for row in await self._connection.fetch(_SQL["doubted"], self._city, persons)}
        unsure = {one.person_number: one for one in differences if one.cause is not Cause.SET_ASIDE}
        new, over = sorted(unsure.keys() - before), sorted(before - unsure.keys())
        if new or over:
            await self._connection.execute(_SQL["lock_persons"], self._city, sorted({*new, *over}))
            await self._connection.execute(_SQL["doubt"], self._city, new, self._clock())
            await self._connection.execute(_SQL["clear"], self._city, over)
        if new:
            await self._connection.execute(_SQL["alert"], self._city, _counted(unsure[person] for person in new))
        return differences, len(over)

    async def _repair(self, approvals: Sequence[asyncpg.Record]) -> list[Repair]:
        persons = [row["person_number"] for row in approvals]
        await self._connection.execute(_SQL["lock_persons"], self._city, persons)
        await self._projection.make_anew(persons)
        differing = {one.person_number for one in await record_differences(self._connection, self._city, persons)}
        equal = [person for person in persons if person not in differing]
        await self._connection.execute(_SQL["clear"], self._city, equal)
        await self._connection.execute(_SQL["used_approvals"], self._city, persons)
        now = self._clock()
        await self._connection.executemany(
            _SQL["repair"],
            [
                (
                    self._city,
                    row["person_number"],
                    row["approved_by"],
                    row["reason"],
                    row["person_number"] in equal,
                    now,
                )
                for row in approvals
            ],
        )
        return [Repair(person, person in equal) for person in persons]

    async def _remember(self, scope: str, done: Reconciliation, began: datetime) -> None:
        counts = (done.in_register, done.in_records, len(done.differences), done.cleared)
        number = await self._connection.fetchval(_SQL["run"], self._city, scope, *counts, began, self._clock())
        columns = [
            (
                one.person_number, one.difference.value, one.cause.value, " ".join(one.items), one.register_sequence,
                one.record_sequence, one.since_kind, one.since_at,
            )
            for one in done.differences
        ]  # fmt: skip
        if columns:
            await self._connection.execute(
                _SQL["difference"], self._city, number, *map(list, zip(*columns, strict=True))
            )

    @asynccontextmanager
    async def _entered(
        self, isolation: Literal["read_committed", "repeatable_read"] = "read_committed"
    ) -> AsyncIterator[None]:
        async with self._connection.transaction(isolation=isolation):
            await self._connection.execute(_SQL["enter_city"], self._city)
            yield


def _slices(items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    return (items[start : start + _AT_ONCE] for start in range(0, len(items), _AT_ONCE))


def _counted(found: Iterator[RecordDifference]) -> str:
    kinds = [one.difference.value for one in found]
    return f"{len(kinds)}人 / persons held back: {counted(kinds)}"
