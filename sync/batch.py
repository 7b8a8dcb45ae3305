"""One city's pending changes, applied: what the projection does, without when.

Which locks this takes, and why no more. Writers of what the permit's last look reads take the freshness locks, so that
what the permit has seen stays true until it commits. The projection writes such rows too (suppressions of source
`registry`, and F6 itself) and takes none of those locks. The comparison of sequences makes them unnecessary:

1. A permit compares, under its locks, the sequence of each person and household in the registry with the one its
   snapshot read in F6, and refuses where they differ. Let them be equal: n.
2. The registry takes the same locks before it writes. From the moment the permit holds them until it commits, the
   committed state of that person and household is n and stays n.
3. The projection writes only what it read in the registry at one snapshot, committed, and commits all of it at once:
   content, suppression, and the sequences they were read at, of the household with everyone in it (a row shows the
   head's name too). F6 showed n when the certificate was read from it, so the suppression of n was there. A batch waits
   for the one before it and reads afterwards, so none writes anything older; and by 2 there is nothing newer. Whatever
   it writes meanwhile is what already stands there.

With locks, a permit would hold up the projection of everyone in its batch, and a whole city would not fit the lock
table. Nor does a rebuild lock the city: until it commits, everyone reads the F6 from before it.

A person who leaves the register keeps a suppression: a protective measure (支援措置) goes on for the removed record
(除票) and the koseki, until an event lifts it.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

import asyncpg

from civil.clock import Clock
from civil.sql import load
from sync.observer import Progress

_SQL: Final = load("sync", "projection.sql")
_MANY: Final = 2_000
_AT_ONCE: Final = 200_000
"""So many persons are applied by one statement: what it takes of memory grows with them, some 1.5 KB each."""
_Result = TypeVar("_Result")

# What one person's row can be to blame for. Anything else stops the work: it would hold back everyone.
_POISON: Final = (
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.DataError,
    asyncpg.ProgramLimitExceededError,
)


@dataclass(frozen=True, slots=True)
class Fresh:
    """Whom the outbox rows name that the snapshot shows and the one applied before did not.

    `horizon` is the transaction id below which the snapshot hides nothing.
    """

    snapshot: str
    horizon: str
    mark_can_move: bool
    persons: Sequence[str]
    households: Sequence[str]


class CityProjection:
    """Projects one city over one connection, remembering the snapshot it applied last.

    The memory saves work and holds no truth: without it, everything above the mark is looked at again.
    """

    def __init__(self, connection: asyncpg.Connection, municipality_code: str, clock: Clock) -> None:
        self._connection = connection
        self._city = municipality_code
        self._clock = clock
        self._applied_snapshot: str | None = None

    async def catch_up(self) -> Progress:
        """Apply what is pending until nothing is; the first time ever, or on another server, rebuild."""
        total = Progress()
        while True:
            fresh, progress = await self._alone(self._apply_fresh)
            total += progress
            if fresh is not None:
                self._applied_snapshot = fresh.snapshot
                if not (fresh.persons or fresh.households):
                    return total

    async def rebuild(self) -> Progress:
        """Empty F6 and fill it from the registry, in one transaction: readers see the old one or the new one."""
        return await self._alone(self._rebuild)

    async def applied_then(self, work: Callable[[], Awaitable[_Result]]) -> _Result:
        """Apply what is pending and do `work`, in one transaction with one snapshot: F6 as `work` sees it lacks nothing committed."""

        async def both() -> _Result:
            await self._apply_fresh()
            return await work()

        return await self._alone(both)

    async def make_anew(self, persons: Sequence[str]) -> None:
        """Inside `applied_then`: forget the records of these persons (宛名番号), and make them and their households' from the register."""
        affected = await self._affected(Fresh("", "", mark_can_move=False, persons=persons, households=()))
        await self._connection.execute(_SQL["forget"], self._city, persons)
        await self._connection.execute(_SQL["forget_protection"], self._city, persons)
        await self._apply(affected, self._clock())

    async def _apply_fresh(self) -> tuple[Fresh | None, Progress]:
        position = await self._connection.fetchrow(_SQL["position"], self._city)
        if position is None or position["is_foreign"]:
            return None, await self._rebuild()
        row = await self._connection.fetchrow(
            _SQL["fresh"], self._city, position["transaction_id"], position["outbox_id"], self._applied_snapshot
        )
        assert row is not None  # noqa: S101 - a SELECT without FROM always gives a row
        fresh = Fresh(**row)
        progress = await self._apply(await self._affected(fresh), self._clock())
        if fresh.mark_can_move:
            await self._connection.execute(_SQL["set_mark"], self._city, fresh.horizon, self._clock())
        return fresh, progress

    async def _affected(self, fresh: Fresh) -> Sequence[str]:
        if not (fresh.persons or fresh.households):
            return ()
        households = await self._connection.fetchval(_SQL["households_of"], self._city, fresh.persons)
        members = await self._connection.fetchval(_SQL["members_of"], self._city, [*fresh.households, *households])
        return sorted({*fresh.persons, *members})

    async def _rebuild(self) -> Progress:
        horizon = await self._connection.fetchval(_SQL["horizon"])
        await self._connection.execute(_SQL["empty_holds"], self._city)
        await self._connection.execute(_SQL["empty_records"], self._city)
        everyone = await self._connection.fetchval(_SQL["everyone"], self._city)
        progress = await self._apply(everyone, self._clock())
        await self._connection.execute(_SQL["set_mark"], self._city, horizon, self._clock())
        return progress

    async def _alone(self, work: Callable[[], Awaitable[_Result]]) -> _Result:
        """Run in one transaction with one snapshot, the only batch of its city; again where staff changed the same row."""
        while True:
            try:
                async with self._turn(), self._connection.transaction(isolation="repeatable_read"):
                    await self._connection.execute(_SQL["enter_city"], self._city)
                    return await work()
            except asyncpg.SerializationError:
                continue

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        await self._connection.execute(_SQL["wait_for_turn"], self._city)
        try:
            yield
        finally:
            if not self._connection.is_closed():
                await self._connection.execute(_SQL["end_turn"], self._city)

    async def _apply(self, persons: Sequence[str], now: datetime) -> Progress:
        """Apply inside the open transaction; what is refused is halved until the one to blame stands alone."""
        if not persons:
            return Progress()
        if len(persons) > _AT_ONCE:
            return await self._apply(persons[:_AT_ONCE], now) + await self._apply(persons[_AT_ONCE:], now)
        try:
            async with self._connection.transaction():
                await self._connection.execute(_SQL["join_by"], "off" if len(persons) > _MANY else "on")
                row = await self._connection.fetchrow(_SQL["apply"], self._city, persons, now)
        except _POISON as error:
            item = error.column_name or error.constraint_name or error.sqlstate
        else:
            return Progress() if row is None else Progress(row["changed"], row["removed"])
        if len(persons) == 1:
            await self._connection.execute(_SQL["hold_back"], self._city, persons[0], item, now)
            return Progress(held_back=1)
        middle = len(persons) // 2
        return await self._apply(persons[:middle], now) + await self._apply(persons[middle:], now)
