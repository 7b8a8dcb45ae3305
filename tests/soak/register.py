"""What happens to residents meanwhile: moves, names, deaths, planned moves, protection, stops by staff; and back again."""

import asyncio
import heapq
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from itertools import count
from typing import Final

from registry.residents import RegisterRefusal
from tests.soak.accidents import is_set_within
from tests.soak.findings import Findings
from tests.soak.focus import Focus
from tests.soak.judge import Stops
from tests.system.clerk import Clerk
from tests.system.running import CITY, Sample

_UNDONE_AFTER_SECONDS: Final = (2.0, 12.0)
_STOP: Final = "INSERT INTO issuance.suppression (municipality_code, person_number, source) VALUES ($1, $2, 'staff')"
_LIFT: Final = (
    "DELETE FROM issuance.suppression WHERE municipality_code = $1 AND person_number = $2 AND source = 'staff'"
)

Undo = Callable[[], Awaitable[object]]


class Register:
    """One clerk and one member of staff, who do one thing after another."""

    def __init__(self, clerk: Clerk, stops: Stops, focus: Focus, findings: Findings, rng: random.Random) -> None:
        self._clerk = clerk
        self._stops = stops
        self._focus = focus
        self._findings = findings
        self._rng = rng
        self._ids = count(1)
        self._to_undo: list[tuple[float, int, Sample, Undo]] = []
        self._busy: set[str] = set()
        self._now = asyncio.get_running_loop().time

    async def work(self, per_second: float, until: asyncio.Event) -> None:
        """So many events a second. What stands at the end is undone."""
        doings = [self._move, self._rename, self._die, self._protect, self._plan_to_leave, self._stop]
        while not await is_set_within(until, self._rng.expovariate(per_second)):
            await self._undo_what_is_due()
            sample = self._rng.choice(self._focus.asked) if self._focus.asked else None
            if sample is not None and sample.serial not in self._busy:
                (doing,) = self._rng.choices(doings, (8, 6, 1, 4, 3, 4))
                await self._do(doing.__name__.strip("_").replace("_", " "), partial(doing, sample))
                self._focus.touched.append(sample)
        while self._to_undo:
            await self._undo()

    async def _undo_what_is_due(self) -> None:
        while self._to_undo and self._to_undo[0][0] <= self._now():
            await self._undo()

    async def _undo(self) -> None:
        _, _, sample, undo = heapq.heappop(self._to_undo)
        await self._do("undo", undo)
        self._busy.discard(sample.serial)
        self._focus.touched.append(sample)

    async def _do(self, name: str, doing: Undo) -> None:
        try:
            await doing()
        except RegisterRefusal as refused:
            self._findings.troubles[f"register: {name} refused ({type(refused).__name__})"] += 1
        else:
            self._findings.troubles[f"register: {name}"] += 1

    def _later(self, sample: Sample, undo: Undo) -> None:
        self._busy.add(sample.serial)
        due = self._now() + self._rng.uniform(*_UNDONE_AFTER_SECONDS)
        heapq.heappush(self._to_undo, (due, next(self._ids), sample, undo))

    async def _move(self, sample: Sample) -> None:
        number = str(next(self._ids)).translate(_FULL_WIDTH)
        await self._clerk.moves(await self._clerk.holder(sample), f"栃木県足利市本城三丁目{number}番地")

    async def _rename(self, sample: Sample) -> None:
        member = self._rng.choice(await self._clerk.household(await self._clerk.holder(sample))).record
        surname = member.name.split("　")[0]
        await self._clerk.is_renamed(
            member.person_number, f"{surname}　改{str(next(self._ids)).translate(_FULL_WIDTH)}"
        )

    async def _die(self, sample: Sample) -> None:
        """Somebody of the household who is neither its head nor the one with the card."""
        holder = await self._clerk.holder(sample)
        others = [row.record for row in await self._clerk.household(holder) if row.record.person_number != holder]
        mortal = [record for record in others if record.relationship != "世帯主"]
        if mortal:
            await self._clerk.dies(mortal[-1].person_number)

    async def _protect(self, sample: Sample) -> None:
        member = self._rng.choice(await self._clerk.household(await self._clerk.holder(sample))).record.person_number
        await self._clerk.is_protected(member)
        self._later(sample, lambda: self._clerk.is_no_longer_protected(member))

    async def _plan_to_leave(self, sample: Sample) -> None:
        member = self._rng.choice(await self._clerk.household(await self._clerk.holder(sample))).record.person_number
        event = await self._clerk.plans_to_leave(member)
        self._later(sample, lambda: self._clerk.cancels(event))

    async def _stop(self, sample: Sample) -> None:
        """Staff stop somebody at once, without any event of the register."""
        holder = await self._clerk.holder(sample)
        await self._clerk.staff.execute(_STOP, CITY, holder)
        self._stops.stopped(holder, datetime.now(UTC))
        self._later(sample, lambda: self._lift(holder))

    async def _lift(self, person_number: str) -> None:
        self._stops.lifted(person_number, datetime.now(UTC))
        await self._clerk.staff.execute(_LIFT, CITY, person_number)


_FULL_WIDTH: Final = str.maketrans("0123456789", "０１２３４５６７８９")
