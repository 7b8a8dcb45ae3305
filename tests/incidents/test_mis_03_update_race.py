"""MIS-03: the registry is updated at the very moment a certificate is made.

Adachi, 22 March and 18 April 2023: the update link ran at the same time as two residents' requests, and one of them got
the other's 住民票. The centre's own alerts on those days were taken for something else.
"""

import asyncio
import random
from dataclasses import dataclass

import asyncpg
import pytest

from registry.residents import city_transaction
from tests.incidents.attempts import attempts, states
from tests.incidents.people import People
from tests.system.asking import Asking, until
from tests.system.clerk import Clerk
from tests.system.installation import Installation
from tests.system.oracle import complaints, outdated
from tests.system.reading import Reading, read
from tests.system.running import CITY, Sample

POINTS = 50
MANY_POINTS = 1_000
PAIRS = 25
LONGEST_SECONDS = 0.06
"""A little more than a certificate takes."""


@dataclass(frozen=True, slots=True)
class Version:
    """What a household's certificate shows of one moment: its address, and who is on it."""

    address: str
    names: tuple[str, ...]


@pytest.mark.timeout(300)
async def test_mis_03_at_fifty_random_points(
    installation: Installation, people: People, books: asyncpg.Connection, clerk: Clerk
) -> None:
    await _race(installation, _pairs(people), books, clerk, POINTS)


@pytest.mark.exhaustive
@pytest.mark.timeout(1_800)
async def test_mis_03_at_a_thousand_random_points(
    installation: Installation, people: People, books: asyncpg.Connection, clerk: Clerk
) -> None:
    await _race(installation, _pairs(people), books, clerk, MANY_POINTS)


async def test_mis_03_a_delta_between_snapshot_and_permit_makes_the_certificate_anew(
    installation: Installation, people: People, books: asyncpg.Connection, clerk: Clerk
) -> None:
    sample, centre = people.family(2), installation.centres[0]
    async with Asking(installation) as asking:
        request = asking.new(sample)
        with centre.workers_paused():
            under_way = asyncio.create_task(asking.issue(centre, request, tries=20))
            await until(lambda: attempts(books, request.request_id))
            new = await _moves_and_is_renamed(clerk, await clerk.holder(sample), 99)
        delivery = await under_way
    assert await complaints(books, delivery) == []
    assert _shown(read(delivery.certificate.content)) == new
    assert (await states(books, request.request_id))[0] == "void"


def _pairs(people: People) -> list[tuple[Sample, Sample]]:
    return [(people.family(2), people.family(2)) for _ in range(PAIRS)]


async def _race(
    installation: Installation, pairs: list[tuple[Sample, Sample]], books: asyncpg.Connection, clerk: Clerk, points: int
) -> None:
    rng = random.Random(points)
    async with Asking(installation) as asking:
        for point in range(points):
            moved, other = pairs[point % len(pairs)]
            person = await clerk.holder(moved)
            old = await _registered(clerk, person)
            centres = rng.sample(installation.centres, 2)
            under_way = [
                asyncio.create_task(asking.issue(centre, asking.new(sample), tries=40))
                for centre, sample in zip(centres, (moved, other), strict=True)
            ]
            await asyncio.sleep(rng.uniform(0, LONGEST_SECONDS))
            new = await _moves_and_is_renamed(clerk, person, point)
            first, second = await asyncio.gather(*under_way)
            assert _shown(read(first.certificate.content)) in {old, new}
            assert _shown(read(second.certificate.content)) == await _registered(clerk, await clerk.holder(other))
            for delivery in (first, second):
                assert await complaints(books, delivery) == []
                assert await outdated(books, delivery.certificate.issuance_number, clerk.done) == []


async def _moves_and_is_renamed(clerk: Clerk, person: str, point: int) -> Version:
    """Two events in one transaction: whoever sees one of them sees both."""
    number = str(point).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    async with city_transaction(clerk.registry, CITY, isolation="read_committed"):
        await clerk.moves(person, f"栃木県足利市本城三丁目２１４５番地{number}")
        await clerk.is_renamed(person, f"見本　改{number}")
    return await _registered(clerk, person)


async def _registered(clerk: Clerk, person: str) -> Version:
    records = [row.record for row in await clerk.household(person)]
    return Version(records[0].full_address, tuple(record.name for record in records))


def _shown(reading: Reading) -> Version:
    (address,) = {page.address for page in reading.pages}
    return Version(address, reading.names)
