"""The oracles themselves: an answer that is somebody else's, or another answer, does not pass."""

from dataclasses import replace

import asyncpg

from kiosk_server.issuing.request import ResidentRecordOptions
from tests.incidents.people import People
from tests.system.asking import Asking
from tests.system.installation import Installation
from tests.system.oracle import charged, complaints, more_than_one_answer


async def test_o1_finds_another_persons_answer(
    installation: Installation, people: People, books: asyncpg.Connection
) -> None:
    async with Asking(installation) as asking:
        first, second = [await asking.issue(installation.centres[0], asking.new(one)) for one in people.several(2)]
    assert await complaints(books, first) == []
    exchanged = replace(first, certificate=second.certificate)
    assert {wrong.split()[0] for wrong in await complaints(books, exchanged)} >= {"request_id", "serial"}
    relabelled = replace(first, certificate=replace(first.certificate, content=second.certificate.content))
    assert any(wrong.startswith("発行番号") for wrong in await complaints(books, relabelled))


async def test_o1_finds_what_was_not_asked_for(
    installation: Installation, people: People, books: asyncpg.Connection
) -> None:
    async with Asking(installation) as asking:
        delivery = await asking.issue(installation.centres[0], asking.new(people.one()))
    other = replace(delivery.request, options=ResidentRecordOptions(relationship=True))
    assert {wrong.split()[0] for wrong in await complaints(books, replace(delivery, request=other))} == {
        "続柄",
        "世帯主",
    }


async def test_o1_finds_a_record_that_is_not_what_the_register_held(
    installation: Installation, people: People, books: asyncpg.Connection
) -> None:
    async with Asking(installation) as asking:
        delivery = await asking.issue(installation.centres[0], asking.new(people.one()))
    async with books.transaction():
        # As if the register had always said something else: rolled back at the end.
        await books.execute("ALTER TABLE registry.person_history DISABLE TRIGGER USER")
        await books.execute(
            "UPDATE registry.person_history AS p SET name = '別　人' FROM history.issuance_subject AS s "
            "WHERE s.issuance_number = $1 AND p.person_number = s.person_number AND s.position = 1",
            delivery.certificate.issuance_number,
        )
        found = await complaints(books, delivery)
        await books.execute("ROLLBACK")
        await books.execute("BEGIN")
    assert any(wrong.startswith("氏名") for wrong in found)
    assert await complaints(books, delivery) == []


async def test_o2_counts_answers_and_fee_lines(
    installation: Installation, people: People, books: asyncpg.Connection
) -> None:
    async with Asking(installation) as asking:
        answered, unasked = asking.new(people.one()), asking.new(people.one())
        await asking.issue(installation.centres[0], answered)
    assert await charged(books, [answered.request_id, unasked.request_id]) == [answered.request_id]
    assert await more_than_one_answer(books) == []
