"""A clerk at the counter of the running city: events recorded through the registry's own face, as role `registry`."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg

from civil.calendar import jst_date
from civil.recorded_date import RecordedDate
from registry.residents import (
    HistoryRow,
    IdentityCheck,
    RecordedEvent,
    ResidentEvent,
    city_transaction,
    current_person,
    household_members,
    record_event,
)
from tests.system.installation import Installation
from tests.system.running import CITY, Sample

_SEEN = IdentityCheck("個人番号カード", "窓口職員９")
_HOLDER = "SELECT person_number FROM issuance.credential WHERE issuer_key_id = $1 AND serial = $2"


@dataclass(frozen=True, slots=True)
class Clerk:
    """Records one event at a time. `done` says when each event was known to be committed, by its id."""

    registry: asyncpg.Connection
    staff: asyncpg.Connection
    done: dict[int, datetime] = field(default_factory=dict)

    async def holder(self, sample: Sample) -> str:
        """The person number behind a card."""
        number: str = await self.staff.fetchval(_HOLDER, sample.issuer_key_id, sample.serial)
        return number

    async def household(self, person_number: str) -> tuple[HistoryRow, ...]:
        """Everybody who lives with this person, in order."""
        async with city_transaction(self.registry, CITY):
            row = await current_person(self.registry, CITY, person_number)
            return await household_members(self.registry, CITY, row.record.household_number)

    async def moves(self, person_number: str, address: str) -> RecordedEvent:
        """転居 of the whole household."""
        members = await self.household(person_number)
        to = {"address": address, "building": None}
        return await self.file("MV", {row.record.person_number: to for row in members})

    async def is_renamed(self, person_number: str, name: str) -> RecordedEvent:
        """The name is corrected."""
        return await self.file("MI", {person_number: {"name": name}})

    async def is_protected(self, person_number: str) -> RecordedEvent:
        """支援措置 begins."""
        return await self.file("PM+", {person_number: {}})

    async def is_no_longer_protected(self, person_number: str) -> RecordedEvent:
        """支援措置 ends."""
        return await self.file("PM-", {person_number: {}})

    async def plans_to_leave(self, person_number: str) -> RecordedEvent:
        """転出届."""
        to = {"move_out_address": "東京都足立区見本町５番地６"}
        return await self.file("OU1", {person_number: to}, occurred=RecordedDate(_today() + timedelta(days=30)))

    async def cancels(self, event: RecordedEvent) -> RecordedEvent:
        """異動の取消し."""
        return await self.file("UN+", {}, reverses=event.event_id)

    async def dies(self, person_number: str) -> RecordedEvent:
        """死亡."""
        return await self.file("DE", {person_number: {}})

    async def file(self, kind: str, changes: Mapping[str, Mapping[str, Any]], **details: Any) -> RecordedEvent:
        """Record an event that happened today and was notified today, unless `details` say otherwise."""
        given: dict[str, Any] = {
            "occurred": RecordedDate(_today()),
            "notified_on": _today(),
            "identity_check": _SEEN,
        } | details
        event = ResidentEvent(kind=kind, changes=changes, **given)
        recorded = await record_event(
            self.registry, CITY, event, operator="窓口職員９", place="市民課", now=datetime.now(UTC)
        )
        if not self.registry.is_in_transaction():
            self.done[recorded.event_id] = datetime.now(UTC)
        return recorded


@asynccontextmanager
async def clerk_of(installation: Installation) -> AsyncIterator[Clerk]:
    """A clerk with connections of their own."""
    registry, staff = await installation.connect("registry"), await installation.connect("staff")
    try:
        yield Clerk(registry, staff)
    finally:
        await registry.close()
        await staff.close()


def _today() -> date:
    return jst_date(datetime.now(UTC))
