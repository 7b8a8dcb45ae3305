"""MIS-04: many requests at one and the same instant.

Kawasaki, 2 May 2023, 07:31: two people in two shops asked for a 戸籍 within one second.
The later request overwrote the earlier one's, whose name was made of the second; one resident got the other's family.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence

import asyncpg
import pytest

from cardauth import UserCertificate
from keys.file_provider import FileKeyProvider
from kiosk_server.issuing.paper import PaperWorkers
from kiosk_server.issuing.request import Certificate, IssuanceRequest
from tests.incidents.people import People
from tests.issuing.city import CENTRE, ISSUER, PIN, City, city
from tests.servers import Database
from tests.system.asking import Asking
from tests.system.installation import Installation
from tests.system.oracle import complaints
from tests.system.reading import read

RESIDENTS = 64


@pytest.fixture
async def neighbours(database: Database, keys: FileKeyProvider, paper: PaperWorkers) -> AsyncIterator[City]:
    """Residents 1001 to 1064, each a household of their own, on a clock that stands."""
    async with city(database, keys, paper) as made:
        for person in _persons(RESIDENTS):
            await made.registry.family(str(1000 + int(person)), person)
            await made.credential(person, f"7{person}")
        await made.project()
        yield made


@pytest.mark.parametrize("number", [2, 8, RESIDENTS])
async def test_mis_04_a_frozen_clock_gives_everybody_their_own(neighbours: City, number: int) -> None:
    requests, certificates = await _ask_at_once(neighbours, number)
    assert _numbers_printed(certificates) == len({one.issuance_number for one in certificates}) == number
    booked = await neighbours.rows(
        "SELECT i.request_id, i.issuance_number, i.accepted_at, s.person_number FROM history.issuance AS i "
        "JOIN history.issuance_subject AS s ON s.issuance_number = i.issuance_number"
    )
    assert {(row["request_id"], row["issuance_number"], row["person_number"]) for row in booked} == {
        (request.request_id, certificate.issuance_number, person)
        for request, certificate, person in zip(requests, certificates, _persons(number), strict=True)
    }
    assert {row["accepted_at"] for row in booked} == {neighbours.clock.now}


async def test_mis_04_a_clock_that_is_set_back_gives_no_number_twice(neighbours: City) -> None:
    numbers = [one.issuance_number for one in (await _ask_at_once(neighbours, 8))[1]]
    for hours in (-1, 1, -24):
        neighbours.clock.advance(hours=hours)
        numbers += [one.issuance_number for one in (await _ask_at_once(neighbours, 8))[1]]
    assert len(numbers) == len(set(numbers)) == 4 * 8


async def test_mis_04_processes_asked_at_once_give_everybody_their_own(
    installation: Installation, people: People, books: asyncpg.Connection
) -> None:
    async with Asking(installation) as asking:
        requests = [asking.new(sample) for sample in people.several(RESIDENTS)]
        turns = [installation.centres[turn % 2] for turn in range(RESIDENTS)]
        deliveries = await asyncio.gather(
            *(asking.issue(centre, request, tries=RESIDENTS) for centre, request in zip(turns, requests, strict=True))
        )
    assert [wrong for delivery in deliveries for wrong in await complaints(books, delivery)] == []
    assert _numbers_printed([delivery.certificate for delivery in deliveries]) == RESIDENTS


def _persons(number: int) -> list[str]:
    return [str(1001 + place) for place in range(number)]


async def _ask_at_once(neighbours: City, number: int) -> tuple[Sequence[IssuanceRequest], Sequence[Certificate]]:
    """Each of the first so many residents asks, and what each gets shows them alone."""
    persons = _persons(number)
    cards = [UserCertificate(ISSUER, f"7{person}", PIN) for person in persons]
    requests = [neighbours.request(card) for card in cards]
    certificates = await asyncio.gather(*(neighbours.issuing.issue(CENTRE, request) for request in requests))
    assert [read(one.content).names for one in certificates] == [(f"足利　{person}",) for person in persons]
    return requests, certificates


def _numbers_printed(certificates: Sequence[Certificate]) -> int:
    """How many different numbers there are on all pages."""
    return len({page.issuance_number for one in certificates for page in read(one.content).pages})
