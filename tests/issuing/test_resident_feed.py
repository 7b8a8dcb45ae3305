"""Certificates of a city whose residents come in files: of what the last file says, of nobody it no longer has, and not past its age limit."""

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

import asyncpg
import pytest

from issuance_db.fsck import check
from keys.file_provider import FileKeyProvider
from kiosk_server.issuing.paper import PaperWorkers
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import Certificate, MenuRequest, ResidentRecordOptions
from sync.feeds import apply_file
from tests.issuing.city import CENTRE, NOON, TERMINAL, City, city
from tests.issuing.meanwhile import once_made
from tests.issuing.read_pdf import text_of
from tests.servers import Database
from tests.sync.registry_rows import CITY
from tests.sync.resident_source import Resident, ResidentSource

HEAD, WIFE = Resident("101"), Resident("102", order=2)


@dataclass(slots=True)
class FedCity:
    """A city, and the register elsewhere that feeds it."""

    city: City
    sync: asyncpg.Connection
    source: ResidentSource = field(default_factory=lambda: ResidentSource(begins=NOON - timedelta(hours=12)))
    _serials: int = 0

    async def take(self, content: bytes) -> None:
        receipt = await apply_file(self.sync, CITY, io.BytesIO(content), self.city.clock.now)
        assert receipt.result == "applied"

    async def issue(self, person: str = "101", **changes: object) -> Certificate:
        self._serials += 1
        card = await self.city.credential(person, f"{self._serials}")
        return await self.city.issuing.issue(CENTRE, self.city.request(card, **changes))

    async def refused(self, person: str = "101", **changes: object) -> Refusal:
        with pytest.raises(Refusal) as caught:
            await self.issue(person, **changes)
        return caught.value


@pytest.fixture
async def fed(database: Database, keys: FileKeyProvider, paper: PaperWorkers) -> AsyncIterator[FedCity]:
    async with city(database, keys, paper) as made:
        fed = FedCity(made, await database.connect("sync", CITY))
        await fed.take(fed.source.full(HEAD, WIFE))
        yield fed


async def test_a_record_of_a_file_is_certified_with_its_age_in_the_books(fed: FedCity, database: Database) -> None:
    certificate = await fed.issue()
    text = text_of(certificate.content)
    assert "足利　101" in text
    assert "足利　102" in text
    rows = await fed.city.rows("SELECT source, as_of, age FROM history.issuance_source")
    assert rows == [{"source": "resident", "as_of": fed.source.as_of, "age": timedelta(hours=12)}]
    findings = await check(await database.connect("fsck"), CITY, fed.city.clock.now)
    assert not findings


async def test_mis_07_nobody_is_certified_whom_the_last_file_no_longer_has(fed: FedCity) -> None:
    await fed.take(fed.source.delete("102"))
    assert "足利　102" not in text_of((await fed.issue()).content)
    assert (await fed.refused("102")).code is not RefusalCode.CLOSED


async def test_promise_2_a_file_that_comes_while_the_paper_is_made_begins_it_again(
    fed: FedCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    once_made(fed.city, monkeypatch, lambda: fed.take(fed.source.set(Resident("103", order=3))))
    assert "足利　103" in text_of((await fed.issue()).content)
    states = await fed.city.rows("SELECT state, state_cause FROM issuance.intent ORDER BY proposed_at")
    assert [row["state"] for row in states] == ["void", "recorded"]
    assert states[0]["state_cause"] == "RecordMoved"


async def test_a_protective_measure_of_the_file_stops_the_household(fed: FedCity) -> None:
    await fed.take(fed.source.set(WIFE.changed(suppressed="1")))
    assert (await fed.refused()).reason == "suppressed"


async def test_mis_09_past_the_age_limit_nothing_is_issued_and_with_the_next_file_again(fed: FedCity) -> None:
    fed.city.clock.advance(hours=25)
    refusal = await fed.refused()
    assert (refusal.code, refusal.reason) == (RefusalCode.NOT_FRESH, "source_past_age_limit")
    card = await fed.city.credential("101", "900")
    with pytest.raises(Refusal) as caught:
        await fed.city.issuing.menu(CENTRE, MenuRequest("m-1", CITY, TERMINAL, card))
    assert caught.value.code is RefusalCode.NOT_FRESH
    fed.source.begins = fed.city.clock.now - timedelta(hours=2)
    await fed.take(fed.source.set(HEAD))
    assert (await fed.issue()).pages == 1


async def test_mis_09_a_register_that_grows_too_old_while_the_paper_is_made_refuses(
    fed: FedCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def grows_old() -> None:
        await fed.sync.execute("UPDATE issuance.source SET fed_at = $1", fed.city.clock.now - timedelta(days=2))

    once_made(fed.city, monkeypatch, grows_old)
    assert (await fed.refused()).reason == "source_past_age_limit"


async def test_my_number_is_not_printed_in_a_city_fed_by_files(fed: FedCity) -> None:
    refusal = await fed.refused(options=ResidentRecordOptions(my_number=True))
    assert refusal.reason == "my_number_not_printed_by_city"


async def test_the_same_request_gets_the_same_bytes_until_a_file_protects_somebody_on_them(fed: FedCity) -> None:
    request = fed.city.request(await fed.city.credential("101", "800"))
    first = await fed.city.issuing.issue(CENTRE, request)
    assert (await fed.city.issuing.issue(CENTRE, request)).content == first.content
    await fed.take(fed.source.set(WIFE.changed(suppressed="1")))
    with pytest.raises(Refusal):
        await fed.city.issuing.issue(CENTRE, request)
