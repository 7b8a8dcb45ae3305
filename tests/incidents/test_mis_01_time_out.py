"""MIS-01: one request takes too long while others wait behind it.

Yokohama, 27 March 2023, 11:34 to 11:43: a long printing job made others wait past their limit. The time-out handler released
the order of the queue but not the file that belonged to it, and each next resident took the document before: ten papers, 18 people.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import asyncpg
import pytest

from kiosk_server.issuing.request import IssuanceRequest
from kiosk_server.web.client import CentreProblem, CentreUnreachable
from tests.incidents.attempts import attempts, is_past_deadline, kept_answers, states
from tests.incidents.holding import person_held, proxy, request_held, tries_held
from tests.incidents.people import People
from tests.system.asking import Asking, until
from tests.system.clerk import Clerk
from tests.system.installation import Installation
from tests.system.oracle import Delivery, charged, complaints
from tests.system.reading import read
from tests.system.running import Sample

WAITING = 200
BEHIND = 16
TRIES = 400

STEPS = ("authenticate", "permit", "record")


async def test_mis_01_two_hundred_behind_a_slow_composition_get_their_own(
    installation: Installation, people: People, books: asyncpg.Connection
) -> None:
    slow, others = people.one(), people.crowd(WAITING)
    first = installation.centres[0]
    async with Asking(installation) as asking:
        request = asking.new(slow)
        with first.workers_paused():
            timed_out = asyncio.create_task(asking.refused(first, request))
            await until(lambda: attempts(books, request.request_id))
            behind = [asyncio.create_task(one) for one in _ask_all(asking, others)]
            assert (await timed_out).code == "timed_out"
        # The worker goes on with what nobody waits for any more.
        await _require_everybody_their_own(books, slow, await asyncio.gather(*behind))
        [void] = await attempts(books, request.request_id)
        await _require_nothing_of(asking, books, request, void.issuance_number)
        again = await asking.issue(first, request, tries=TRIES)
    assert await complaints(books, again) == []
    assert again.certificate.issuance_number != void.issuance_number


@pytest.mark.parametrize("step", STEPS)
async def test_mis_01_a_step_that_waits_too_long_voids_the_whole_request_and_no_other(
    installation: Installation, people: People, books: asyncpg.Connection, clerk: Clerk, step: str
) -> None:
    slow, centre = people.one(), installation.centres[0]
    async with Asking(installation) as asking:
        await asking.issue(centre, asking.new(slow))  # so that the card's counter is there
        request = asking.new(slow)
        async with _step_held(asking, request, step, await clerk.holder(slow)) as timed_out:
            behind = await asyncio.gather(*_ask_all(asking, people.several(BEHIND)))
            if step == "record":  # that it is refused cannot be written while its row is held
                await until(lambda: is_past_deadline(books, request.request_id))
            else:
                await timed_out
        assert (await timed_out).status == 503
        await _require_everybody_their_own(books, slow, behind)
        voided = [one.issuance_number for one in await attempts(books, request.request_id)]
        assert set(await states(books, request.request_id)) <= {"void"}
        for number in voided:
            await _require_nothing_of(asking, books, request, number)
        again = await asking.issue(centre, request, tries=TRIES)
    assert await complaints(books, again) == []
    assert again.certificate.issuance_number not in voided


async def test_mis_01_an_answer_that_stays_on_the_line_is_the_same_one_when_asked_again(
    installation: Installation, people: People, books: asyncpg.Connection
) -> None:
    slow, centre = people.one(), installation.centres[0]
    async with Asking(installation) as asking, proxy(centre.centre_url) as line:
        request = asking.new(slow)
        async with installation.client(line.url) as client:
            await client.issue(asking.new(slow))  # the connection is made
            line.open.clear()
            line.answered.clear()
            lost = asyncio.create_task(client.issue(request))
            await line.answered.wait()
            behind = await asyncio.gather(*_ask_all(asking, people.several(BEHIND)))
            await line.close()
            with pytest.raises(CentreUnreachable):
                await lost
        await _require_everybody_their_own(books, slow, behind)
        again = await asking.issue(installation.centres[1], request)
    assert await complaints(books, again) == []
    assert await charged(books, [request.request_id]) == [request.request_id]
    assert await states(books, request.request_id) == ["recorded"]


@asynccontextmanager
async def _step_held(
    asking: Asking, request: IssuanceRequest, step: str, person: str
) -> AsyncIterator[asyncio.Task[CentreProblem]]:
    """One step of one request waits as long as the block lasts; the request is under way inside it."""
    installation = asking.installation
    books = await installation.administrator()
    first = asking.refused(installation.centres[0], request)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(books.close)
        if step == "authenticate":
            await stack.enter_async_context(tries_held(installation, request.credential))
            yield asyncio.create_task(first)
            return
        async with person_held(installation, person):
            under_way = asyncio.create_task(first)
            await until(lambda: attempts(books, request.request_id))
            if step == "permit":
                yield under_way
                return
            # It waits for its permit: from now on it cannot be recorded.
            await stack.enter_async_context(request_held(installation, request.request_id))
        await until(lambda: _is(books, request, "permitted"))
        yield under_way


def _ask_all(asking: Asking, samples: Sequence[Sample]) -> list[Coroutine[Any, Any, Delivery]]:
    """All at once, at the processes in turn, each until it is answered."""
    centres = asking.installation.centres
    return [
        asking.issue(centres[turn % len(centres)], asking.new(sample), tries=TRIES)
        for turn, sample in enumerate(samples)
    ]


async def _is(books: asyncpg.Connection, request: IssuanceRequest, state: str) -> bool:
    return state in await states(books, request.request_id)


async def _require_everybody_their_own(books: asyncpg.Connection, slow: Sample, deliveries: Sequence[Delivery]) -> None:
    assert [wrong for delivery in deliveries for wrong in await complaints(books, delivery)] == []
    texts = [read(delivery.certificate.content).text for delivery in deliveries]
    theirs = {name for delivery in deliveries for name in read(delivery.certificate.content).names}
    assert not [name for name in set(slow.household) - theirs for text in texts if name in text]


async def _require_nothing_of(
    asking: Asking, books: asyncpg.Connection, request: IssuanceRequest, issuance_number: str
) -> None:
    """What a request left behind when it timed out can be had by nobody."""
    client = await asking.client(asking.installation.centres[1])
    with pytest.raises(CentreProblem) as unknown:
        await client.state(request.municipality_code, issuance_number)
    assert unknown.value.code == "no_such_issuance"
    assert await kept_answers(books, request.request_id) == 0
    assert await charged(books, [request.request_id]) == []
