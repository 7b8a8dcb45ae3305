"""MIS-04: requests at one and the same instant (Kawasaki 2023: ids by the second made one overwrite the other)."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from keys.file_provider import FileKeyProvider
from kiosk_server.issuing.paper import PaperWorkers
from tests.issuing.city import CENTRE, City, city
from tests.issuing.read_pdf import pages_of
from tests.servers import Database
from tests.system.printed import names_in

RESIDENTS = 64


@pytest.fixture
async def neighbours(database: Database, keys: FileKeyProvider, paper: PaperWorkers) -> AsyncIterator[City]:
    """Residents 1001 to 1064, each a household of their own, on a clock that stands."""
    async with city(database, keys, paper) as made:
        for number in range(1, RESIDENTS + 1):
            await made.registry.family(str(2000 + number), str(1000 + number))
        await made.project()
        yield made


async def test_mis_04_same_instant_gives_everybody_their_own(neighbours: City) -> None:
    persons = [str(1000 + number) for number in range(1, RESIDENTS + 1)]
    cards = [await neighbours.credential(person, f"7{person}") for person in persons]
    requests = [neighbours.request(card) for card in cards]
    certificates = await asyncio.gather(*(neighbours.issuing.issue(CENTRE, request) for request in requests))
    printed = [names_in(pages_of(certificate.content)) for certificate in certificates]
    assert printed == [(f"足利　{person}",) for person in persons]
    assert len({certificate.issuance_number for certificate in certificates}) == RESIDENTS
    booked = await neighbours.rows(
        "SELECT i.request_id, i.issuance_number, i.accepted_at, s.person_number FROM history.issuance AS i "
        "JOIN history.issuance_subject AS s ON s.issuance_number = i.issuance_number"
    )
    assert {(row["request_id"], row["issuance_number"], row["person_number"]) for row in booked} == {
        (request.request_id, certificate.issuance_number, person)
        for request, certificate, person in zip(requests, certificates, persons, strict=True)
    }
    assert {row["accepted_at"] for row in booked} == {neighbours.clock.now}
