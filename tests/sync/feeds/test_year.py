"""MIS-07, MIS-08, MIS-09: a year of nightly files with faults on their way ends equal, with every fault told and nothing shown as young that is not."""

import os
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from sync.feeds.applying import DEFAULT_AGE_LIMIT
from sync.feeds.folder import Folder
from sync.feeds.folder_pass import FolderPass
from sync.feeds.said_comparing import COMPARED, FedReconciler
from tests.servers import Database
from tests.sync.registry_rows import CITY
from tests.sync.seal_source import BEGINS, KEY, Seal, SealSource, png

FAULTS = ("lost", "late", "damaged", "lying", "doubled")
PERSONS = 40
LATER_THAN_A_NIGHT = timedelta(hours=12)


@dataclass(slots=True)
class Year:
    """The seal register elsewhere, the inbox between us, and what is written down of both sides each night."""

    source: SealSource
    order: random.Random
    inbox: Path
    watching: FolderPass
    admin: asyncpg.Connection
    states: dict[int, dict[str, str]] = field(default_factory=dict)
    sent_again: list[tuple[int, str, bytes]] = field(default_factory=list)
    expected: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("refused", "different"), 0))
    found: dict[str, int] = field(default_factory=dict)
    _registrations: int = 0

    def put(self, name: str, content: bytes, at: datetime) -> None:
        path = self.inbox / name
        path.write_bytes(content)
        os.utime(path, ((at - timedelta(minutes=5)).timestamp(),) * 2)

    async def night(self, day: int) -> None:
        """The register changes, its file goes on its way, and what arrives is taken at noon."""
        at = BEGINS + timedelta(days=day)
        self.source.clock = lambda: at
        content, fault = self._change(), self.order.choice((*FAULTS, *[""] * 12))
        self.states[self.source.number] = self.state()
        for name, late in [(name, late) for due, name, late in self.sent_again if due <= day]:
            self.put(name, late, at)
        self.sent_again = [one for one in self.sent_again if one[0] > day]
        self._send(day, at, content, fault)
        if self.order.random() < 0.2:
            self.put(f"{day}-keys.csv", self.source.keys(), at)
        await self._noon(at)

    def _change(self) -> bytes:
        """One of the changes of a registration, as a difference."""
        person = f"00000001{self.order.randrange(PERSONS):02}"
        self._registrations += 1
        number = f"C-{self._registrations}"
        if person not in self.source.seals:
            return self.source.register(Seal(person, number, image=png(self._registrations)))
        if self.order.random() < 0.5:
            return self.source.delete(person)
        return self.source.reregister(person, number, png(self._registrations))

    def _send(self, day: int, at: datetime, content: bytes, fault: str) -> None:
        name, again = f"{day}.csv", (day + self.order.randrange(1, 5), f"{day}-again.csv", content)
        if fault in {"lost", "late", "damaged", "lying"}:
            self.sent_again.append(again)
        if fault in {"lost", "late"}:
            return
        broken = {"damaged": content.replace(b"seal", b"sea1", 1), "lying": content.replace(b"\nT,1,", b"\nT,2,")}
        self.expected["refused"] += fault in broken
        self.put(name, broken.get(fault, content), at)
        if fault == "doubled":
            self.put(f"{day}-copy.csv", content, at)

    async def _noon(self, at: datetime) -> None:
        now = at + LATER_THAN_A_NIGHT
        for outcome in await self.watching.look(now):
            self.found[outcome.result] = self.found.get(outcome.result, 0) + 1
        row = await self.admin.fetchrow(
            "SELECT max(file_number) AS number FROM history.feed_receipt WHERE result = 'applied'"
        )
        fed_at = await self.admin.fetchval("SELECT fed_at FROM issuance.source WHERE source = 'seal'")
        assert row is not None
        held = await self.held()
        assert held == self.states[row["number"]]
        if now - fed_at <= DEFAULT_AGE_LIMIT:
            assert held == self.state()
        said = await FedReconciler(self.watching.connection, CITY, lambda: now).whole(COMPARED["seal"])
        assert (said.differences, said.said) == ({}, len(held))

    def state(self) -> dict[str, str]:
        return {person: seal.registration_number for person, seal in self.source.seals.items()}

    def waiting(self) -> set[str]:
        """Files that are still in the inbox."""
        return {path.name for path in self.inbox.iterdir() if path.is_file()}

    async def held(self) -> dict[str, str]:
        rows = await self.admin.fetch("SELECT person_number, registration_number FROM issuance.seal_registration")
        return {row["person_number"]: row["registration_number"] for row in rows}


@pytest.fixture
async def year(database: Database, tmp_path: Path, request: pytest.FixtureRequest) -> Year:
    sync = await database.connect("sync")
    watching = FolderPass(sync, CITY, Folder(tmp_path), key=KEY)
    made = Year(SealSource(), random.Random(request.param), tmp_path, watching, await database.connect())
    made.states[0] = {}
    made.source.clock = lambda: BEGINS
    made.put("first.csv", made.source.full(), BEGINS)
    assert [outcome.result for outcome in await watching.look(BEGINS)] == ["applied"]
    return made


async def live(year: Year, nights: int) -> None:
    for day in range(1, nights + 1):
        await year.night(day)


@pytest.mark.parametrize("year", [1], indirect=True)
async def test_nights_of_files_with_faults_end_equal_and_every_fault_is_told(year: Year) -> None:
    await live(year, 40)
    await ended(year)


@pytest.mark.exhaustive
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("year", range(2, 6), indirect=True)
async def test_a_year_of_nightly_files_with_faults_ends_equal_and_every_fault_is_told(year: Year) -> None:
    await live(year, 365)
    await ended(year)


async def ended(year: Year) -> None:
    """No fault is untold, none is invented, and what is held is what the register has."""
    later = BEGINS + timedelta(days=1000)
    for _due, name, content in year.sent_again:
        year.put(name, content, BEGINS)
    year.put("last-keys.csv", year.source.keys(), BEGINS)
    outcomes = {outcome.name: outcome.result for outcome in await year.watching.look(later)}
    assert outcomes["last-keys.csv"] == "equal"
    assert await year.held() == year.state()
    assert year.waiting() == set()
    refused = await year.admin.fetchval("SELECT count(*) FROM history.feed_receipt WHERE result = 'refused'")
    assert (refused, year.found.get("refused", 0)) == (year.expected["refused"],) * 2
    assert year.found.get("different", 0) == 0
    alerts = await year.admin.fetchval("SELECT count(*) FROM history.alert")
    assert alerts == year.expected["refused"]
