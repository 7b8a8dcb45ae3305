"""When F6 is compared with the register, and what came in files with what they said: everybody once a day, a part every few minutes, and repairs as soon as they are approved."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final, Never

import asyncpg

from civil.calendar import JST
from civil.clock import Clock
from civil.sql import load
from sync.feeds.said_comparing import FedReconciler, SourceBusy
from sync.observer import Observer
from sync.projection import cause_told, without_details
from sync.reconciling import Reconciler
from sync.session import TRANSIENT, session

_SQL: Final = load("sync", "reconciling.sql")
_RETRY_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Schedule:
    """`whole_at`: the time of day (JST) at which everybody is compared; `part_every`: from one part to the next.

    `poll_seconds`: how long an approved repair, or a comparison that is due, may wait.
    """

    whole_at: time
    part_every: timedelta
    poll_seconds: float = 2.0

    def is_whole_due(self, last: datetime | None, now: datetime) -> bool:
        """Whether the last comparison (aware) was before the latest of these times of day that is over, or never."""
        today = datetime.combine(now.astimezone(JST).date(), self.whole_at, JST)
        latest = today if today <= now else today - timedelta(days=1)
        return last is None or last < latest

    def is_part_due(self, last: datetime | None, now: datetime) -> bool:
        """Whether the last part (aware) was long enough ago, or never."""
        return last is None or last + self.part_every <= now


class Reconciling:
    """Keeps to the schedule for some cities, as the role `sync`; each city by one process at a time."""

    def __init__(
        self,
        dsn: str,
        municipality_codes: Sequence[str],
        clock: Clock,
        schedule: Schedule,
        observer: Observer | None = None,
    ) -> None:
        """Take the database, the cities, a clock (UTC), the schedule, and who hears of it."""
        self._dsn = dsn
        self._cities = tuple(municipality_codes)
        self._clock = clock
        self._schedule = schedule
        self._observer = observer or Observer()

    async def run(self) -> Never:
        """Compare and repair until cancelled. Raises ProjectionFailed for what no retry mends."""
        while True:
            try:
                async with without_details(), session(self._dsn) as connection:
                    await self._serve(connection)
            except TRANSIENT as error:
                self._observer.interrupted(cause_told(error))
            await asyncio.sleep(_RETRY_SECONDS)

    async def _serve(self, connection: asyncpg.Connection) -> Never:
        led: dict[str, tuple[Reconciler, FedReconciler]] = {}
        while True:
            for city in self._cities:
                if city not in led and await connection.fetchval(_SQL["try_to_lead"], city):
                    led[city] = (
                        Reconciler(connection, city, self._clock),
                        FedReconciler(connection, city, self._clock),
                    )
            for city, (reconciler, of_files) in led.items():
                await self._look_after(city, reconciler)
                await self._compare_files(city, of_files)
            await asyncio.sleep(self._schedule.poll_seconds)

    async def _look_after(self, city: str, reconciler: Reconciler) -> None:
        if await reconciler.tell_too_old():
            self._observer.too_old(city)
        if await reconciler.is_fed_by_files():
            return
        if repairs := await reconciler.repair():
            self._observer.repaired(city, len(repairs), sum(one.is_equal for one in repairs))
        whole_at, part_at = await reconciler.last_compared()
        now = self._clock()
        if self._schedule.is_whole_due(whole_at, now):
            self._observer.reconciled(city, len((await reconciler.whole_city()).differences))
        elif self._schedule.is_part_due(part_at, now):
            self._observer.reconciled(city, len((await reconciler.next_part()).differences))

    async def _compare_files(self, city: str, of_files: FedReconciler) -> None:
        for begun in await of_files.begun():
            now = self._clock()
            # While a file is applied its source is left alone; it is as due at the next look.
            with suppress(SourceBusy):
                if self._schedule.is_whole_due(begun.whole_at, now):
                    self._observer.reconciled(city, len((await of_files.whole(begun.source)).differences))
                elif self._schedule.is_part_due(begun.part_at, now):
                    done = await of_files.part(begun.source, begun.next_part)
                    self._observer.reconciled(city, len(done.differences))
