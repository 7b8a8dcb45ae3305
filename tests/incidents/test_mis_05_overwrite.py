"""MIS-05: one request's working file is overwritten, renamed or deleted by another.

Yokohama and Kawasaki, 2023: the page waited in a file with a name that two requests could share, on the way from one step to the next.
Ours has no working file: the document exists in memory and, sealed to its own number, in one row that nobody can overwrite.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from keys.errors import SealBroken
from keys.purpose import Purpose
from keys.sealing import unseal
from kiosk_server.issuing.recording import answer_binding
from tests.incidents.people import People
from tests.incidents.watching import watched
from tests.system.asking import Asking
from tests.system.installation import Installation
from tests.system.oracle import Delivery, complaints
from tests.system.running import CITY

REQUESTS = 24
_SEALED = "SELECT sealed, key_version FROM issuance.kept_answer WHERE issuance_number = $1"
OVERWRITES = {
    "update of a kept answer": "UPDATE issuance.kept_answer SET sealed = $2 WHERE issuance_number = $1",
    "deletion of a kept answer": "DELETE FROM issuance.kept_answer WHERE issuance_number = $1 AND sealed <> $2",
    "second kept answer": (
        "INSERT INTO issuance.kept_answer (municipality_code, issuance_number, sealed, key_version, pages, expires_at) "
        "VALUES (shared.city(), $1, $2, 1, 1, now())"
    ),
    "second attempt of the same number": (
        "INSERT INTO issuance.intent (municipality_code, issuance_number, caller_id, request_id, lease_token, kind, channel, "
        "fee_yen, instant, pages, snapshot_digest, state) SELECT municipality_code, issuance_number, caller_id, request_id, "
        "lease_token, kind, channel, fee_yen, instant, pages, $2, 'proposed' FROM issuance.intent WHERE issuance_number = $1"
    ),
    "another digest for a recorded document": (
        "UPDATE issuance.intent SET document_digest = $2 WHERE issuance_number = $1"
    ),
    "change of the books": "UPDATE history.issuance SET file_digest = $2 WHERE issuance_number = $1",
}


@pytest.fixture
async def front(installation: Installation) -> AsyncIterator[asyncpg.Connection]:
    connection = await installation.connect("front")
    try:
        yield connection
    finally:
        await connection.close()


async def test_mis_05_issuing_makes_no_file(
    installation: Installation, people: People, books: asyncpg.Connection, tmp_path: Path
) -> None:
    centre = installation.centres[0]
    processes = (centre.pid, *centre.workers())
    samples = people.crowd(REQUESTS)
    async with Asking(installation) as asking:
        with watched(tmp_path / "calls", *processes) as calls:
            deliveries = await asyncio.gather(
                *(asking.issue(centre, asking.new(sample), tries=100) for sample in samples)
            )
    assert [wrong for delivery in deliveries for wrong in await complaints(books, delivery)] == []
    assert {call.pid for call in calls} >= set(processes), "not every process was watched"
    assert [f"{call.name}({call.arguments}" for call in calls if call.changes_a_file] == []


@pytest.mark.parametrize("overwrite", OVERWRITES)
async def test_mis_05_no_request_can_overwrite_the_row_of_another(
    installation: Installation, people: People, books: asyncpg.Connection, front: asyncpg.Connection, overwrite: str
) -> None:
    first, second = await _two(installation, people)
    foreign = await books.fetchval(
        "SELECT sealed FROM issuance.kept_answer WHERE issuance_number = $1", _number(second)
    )
    with pytest.raises(asyncpg.PostgresError) as refused:
        await front.execute(OVERWRITES[overwrite], _number(first), foreign)
    # Refused by a right that the front has not, by a key that is taken, or by a state that only moves forward.
    assert refused.value.sqlstate in {"42501", "23505", "KS001"}
    async with Asking(installation) as asking:
        assert await asking.issue(installation.centres[1], first.request) == first


async def test_mis_05_a_kept_answer_cannot_be_opened_as_another_ones(
    installation: Installation, people: People, books: asyncpg.Connection
) -> None:
    first, second = await _two(installation, people)
    row = await books.fetchrow(_SEALED, _number(second))
    assert row is not None
    key = installation.keys.secret(Purpose.KEPT_ANSWER, row["key_version"])
    assert unseal(key, row["sealed"], answer_binding(CITY, _number(second))) == second.certificate.content
    with pytest.raises(SealBroken):
        unseal(key, row["sealed"], answer_binding(CITY, _number(first)))


async def _two(installation: Installation, people: People) -> tuple[Delivery, Delivery]:
    async with Asking(installation) as asking:
        first, second = [
            await asking.issue(centre, asking.new(people.one()), tries=20) for centre in installation.centres
        ]
    return first, second


def _number(delivery: Delivery) -> str:
    return delivery.certificate.issuance_number
