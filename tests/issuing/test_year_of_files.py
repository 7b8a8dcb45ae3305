"""MIS-07, MIS-08, MIS-09: in a year of nightly files with faults, nothing is certified of what the source no longer had that day, and whoever may be is served."""

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

import pdf
from cardauth import UserCertificate
from keys.file_provider import FileKeyProvider
from kiosk_server.issuing.paper import PaperWorkers
from kiosk_server.issuing.refusal import Refusal
from kiosk_server.issuing.request import Kind
from sync.feeds.applying import DEFAULT_AGE_LIMIT
from sync.feeds.folder import Folder
from sync.feeds.folder_pass import FolderPass
from tests.issuing.city import City, SettableClock, city
from tests.issuing.fed import EVERY_KIND, Fed, open_kinds
from tests.servers import Database
from tests.sync.feeds.test_year import LATER_THAN_A_NIGHT, Year, ended, live
from tests.sync.registry_rows import CITY
from tests.sync.resident_source import Resident, ResidentSource
from tests.sync.seal_source import BEGINS, KEY, SealSource

PERSONS = [f"00000001{number:02}" for number in range(4)]
SAME = {"name": "足利　太郎", "birth_on": "1980-02-29", "address": "栃木県足利市本城三丁目2145番地"}


@dataclass(slots=True)
class Served(Year):
    """The year, with a city in which everybody asks for a seal certificate every noon; residents come in files too."""

    fed: Fed | None = None
    cards: dict[str, UserCertificate] = field(default_factory=dict)
    residents: ResidentSource = field(default_factory=ResidentSource)
    moved: set[str] = field(default_factory=set)
    answers: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})

    async def _noon(self, at: datetime) -> None:
        now = at + LATER_THAN_A_NIGHT
        self._residents(at)
        await Year._noon(self, at)
        fed_at = await self.admin.fetchval("SELECT fed_at FROM issuance.source WHERE source = 'seal'")
        young = now - fed_at < DEFAULT_AGE_LIMIT
        for person in PERSONS:
            issued = await self._asks(person, now)
            assert issued is (young and person in self.source.seals and person not in self.moved), (at, person)
            self.answers[issued] += 1

    def _residents(self, at: datetime) -> None:
        """Every night a full file, with one resident more or fewer."""
        person = self.order.choice(PERSONS)
        self.moved ^= {person} if self.order.random() < 0.3 else set()
        here = [one for one in PERSONS if one not in self.moved] or PERSONS[:1]
        self.moved = set(PERSONS) - set(here)
        self.residents.begins = at - timedelta(hours=self.residents.number)
        self.put(f"{at:%Y%m%d}-juki.csv", self.residents.full(*(resident(one) for one in here)), at)

    async def _asks(self, person: str, now: datetime) -> bool:
        fed = self.fed
        assert fed is not None
        fed.city.clock.now = now
        if person not in self.cards:
            self.cards[person] = await fed.card(person)
        try:
            await fed.city.issuing.issue(EVERY_KIND, fed.request(Kind.SEAL_REGISTRATION, self.cards[person]))
        except Refusal:
            return False
        return True


def resident(person: str) -> Resident:
    return Resident(person, household=person).changed(**SAME, head_name="足利　太郎")


@cache
def drawn(shade: int) -> bytes:
    """A seal that can be printed, another for each shade."""
    return pdf.draw_registered_seal("一二三"[shade])


@pytest.fixture
async def year(
    database: Database, keys: FileKeyProvider, paper: PaperWorkers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Served]:
    monkeypatch.setattr("tests.sync.feeds.test_year.PERSONS", len(PERSONS))
    monkeypatch.setattr("tests.sync.feeds.test_year.png", lambda shade: drawn(shade % 3))
    async with city(database, keys, paper, clock=SettableClock(BEGINS)) as made:
        yield await begun(made, database, tmp_path)


async def begun(made: City, database: Database, inbox: Path) -> Served:
    fed, admin = await open_kinds(made), await database.connect()
    await admin.execute("DELETE FROM issuance.source")
    watching = FolderPass(await database.connect("sync"), CITY, Folder(inbox), key=KEY)
    year = Served(SealSource(), random.Random(8), inbox, watching, admin, fed=fed)
    year.states[0] = {}
    year.source.clock = lambda: BEGINS
    year.put("first.csv", year.source.full(), BEGINS)
    year.put("juki.csv", year.residents.full(*map(resident, PERSONS)), BEGINS)
    assert [outcome.result for outcome in await watching.look(BEGINS)] == ["applied", "applied"]
    return year


async def test_no_certificate_in_weeks_of_faulty_files_is_of_what_the_source_no_longer_had(year: Served) -> None:
    await live(year, 25)
    assert min(year.answers.values()) > 10
    await ended(year)


@pytest.mark.exhaustive
@pytest.mark.timeout(3600)
async def test_no_certificate_in_a_year_of_faulty_files_is_of_what_the_source_no_longer_had(year: Served) -> None:
    await live(year, 365)
    assert min(year.answers.values()) > 100
    await ended(year)
