"""MIS-14: the centre sends the same request again.

Networks between the centre and the cities fail (LGWAN, 26 January 2022: about a hundred cities), and what was sent is sent again.
A second answer is a second certificate nobody asked for and a second fee; a way around the PIN would be worse than either.
"""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import asyncpg

from kiosk_server.issuing.request import ResidentRecordOptions
from kiosk_server.web.client import CentreUnreachable
from tests.incidents.attempts import attempts, kept_answers, only_the_last_was_recorded, states
from tests.incidents.people import People
from tests.system.asking import Asking, until
from tests.system.clerk import Clerk
from tests.system.installation import Installation
from tests.system.oracle import charged, complaints
from tests.system.running import Sample

TIMES = 100
_STOP = (
    "INSERT INTO issuance.suppression (municipality_code, person_number, source) VALUES (shared.city(), $1, 'staff')"
)
_LIFT = "DELETE FROM issuance.suppression WHERE person_number = $1 AND source = 'staff'"
_ALERTS = "SELECT count(*) FROM history.alert WHERE cause = 'suppressed_after_answer' AND issuance_number = $1"


async def test_mis_14_a_hundred_times_at_once_at_several_processes_is_one_answer(
    installation: Installation, people: People, books: asyncpg.Connection
) -> None:
    async with Asking(installation) as asking:
        request = asking.new(people.one())
        deliveries = await asyncio.gather(
            *(asking.issue(installation.centres[turn % 2], request, tries=TIMES) for turn in range(TIMES))
        )
    assert len({delivery.certificate for delivery in deliveries}) == 1
    assert await complaints(books, deliveries[0]) == []
    assert await states(books, request.request_id) == ["recorded"]
    assert await charged(books, [request.request_id]) == [request.request_id]


async def test_mis_14_after_a_crash_a_new_attempt_has_a_new_number_and_the_old_one_is_void(
    installation: Installation, people: People, books: asyncpg.Connection
) -> None:
    crashing, other = installation.centres
    async with Asking(installation) as asking:
        request = asking.new(people.one())
        with crashing.workers_paused():
            lost = asyncio.create_task(asking.issue(crashing, request))
            await until(lambda: attempts(books, request.request_id))
            crashing.kill()
        assert isinstance((await asyncio.gather(lost, return_exceptions=True))[0], CentreUnreachable)
        delivery = await asking.issue(other, request, tries=TIMES)
        crashing.start()
        again = await asking.issue(crashing, request)
    assert again == delivery
    assert await complaints(books, delivery) == []
    assert await only_the_last_was_recorded(books, request.request_id)
    assert await charged(books, [request.request_id]) == [request.request_id]


async def test_mis_14_after_the_kept_answer_has_gone_the_number_and_never_a_second_certificate(
    installation: Installation, people: People, books: asyncpg.Connection
) -> None:
    async with Asking(installation) as asking:
        request = asking.new(people.one())
        delivery = await asking.issue(installation.centres[0], request)
        await _let_kept_answers_expire(installation)
        assert await kept_answers(books, request.request_id) == 0
        for centre in installation.centres:
            problem = await asking.refused(centre, request)
            assert (problem.status, problem.code) == (410, "already_answered")
            assert problem.issuance_number == delivery.certificate.issuance_number
    assert await states(books, request.request_id) == ["recorded"]
    assert await charged(books, [request.request_id]) == [request.request_id]


async def test_mis_14_after_a_suppression_the_bytes_are_destroyed_and_do_not_come_back(
    installation: Installation, people: People, books: asyncpg.Connection, clerk: Clerk
) -> None:
    sample = people.one()
    person = await clerk.holder(sample)
    async with Asking(installation) as asking:
        request = asking.new(sample)
        delivery = await asking.issue(installation.centres[0], request)
        await clerk.staff.execute(_STOP, person)
        problems = await asyncio.gather(*(asking.refused(installation.centres[turn % 2], request) for turn in range(8)))
        assert {(problem.status, problem.code) for problem in problems} == {(403, "not_available")}
        assert await kept_answers(books, request.request_id) == 0
        assert await books.fetchval(_ALERTS, delivery.certificate.issuance_number) == 1
        await clerk.staff.execute(_LIFT, person)
        assert (await asking.refused(installation.centres[1], request)).code == "not_available"
        assert await complaints(books, await asking.issue(installation.centres[1], asking.new(sample))) == []


async def test_mis_14_a_guessed_pin_gets_nothing_and_locks_the_card_at_the_third_guess(
    installation: Installation, people: People, books: asyncpg.Connection
) -> None:
    sample = people.one()
    async with Asking(installation) as asking:
        request = asking.new(sample)
        await asking.issue(installation.centres[0], request)
        guesses = [replace(request, credential=replace(sample.credential, pin=pin)) for pin in _wrong_pins(sample, 12)]
        problems = await asyncio.gather(
            *(asking.refused(installation.centres[turn % 2], guess) for turn, guess in enumerate(guesses))
        )
        assert {(problem.status, problem.code) for problem in problems} == {(401, "not_identified")}
        # Three were enough; now not even the right PIN brings out what is kept.
        assert (await asking.refused(installation.centres[1], request)).code == "not_identified"
    assert await charged(books, [request.request_id]) == [request.request_id]


async def test_mis_14_another_body_under_a_known_id_is_a_conflict(
    installation: Installation, people: People, books: asyncpg.Connection
) -> None:
    first, second = people.several(2)
    async with Asking(installation) as asking:
        request = asking.new(first)
        delivery = await asking.issue(installation.centres[0], request)
        others = [
            replace(request, options=ResidentRecordOptions(domicile=True)),
            replace(request, persons="self"),
            replace(request, credential=second.credential),
        ]
        for centre in installation.centres:
            for other in others:
                problem = await asking.refused(centre, other)
                assert (problem.status, problem.code) == (422, "request_conflict")
        assert await asking.issue(installation.centres[1], request) == delivery
    assert await charged(books, [request.request_id]) == [request.request_id]


async def test_mis_14_a_twin_with_a_wrong_pin_neither_waits_its_way_in_nor_spoils_the_first(
    installation: Installation, people: People, books: asyncpg.Connection
) -> None:
    sample = people.one()
    first, second = installation.centres
    async with Asking(installation) as asking:
        request = asking.new(sample)
        with first.workers_paused():
            under_way = asyncio.create_task(asking.issue(first, request, tries=TIMES))
            await until(lambda: attempts(books, request.request_id))
            (pin,) = _wrong_pins(sample, 1)
            guess = replace(request, credential=replace(sample.credential, pin=pin))
            assert (await asking.refused(second, guess)).code == "not_identified"
        assert await complaints(books, await under_way) == []


def _wrong_pins(sample: Sample, number: int) -> list[str]:
    return [f"{(int(sample.pin) + turn) % 10_000:04}" for turn in range(1, number + 1)]


async def _let_kept_answers_expire(installation: Installation) -> None:
    """What the sweeper does a quarter of an hour later, done now."""
    sweeper = await installation.connect("sweeper")
    try:
        await sweeper.execute("SELECT issuance.destroy_kept_answers($1)", datetime.now(UTC) + timedelta(minutes=16))
    finally:
        await sweeper.close()
