"""MIS-02: the worker of a request that timed out finishes afterwards.

Yokohama, March 2023, again: what a request had made was still lying there when its time was over, and was handed to the next.
A process that stood still past its lease must find its lease gone: its result is thrown away, and the books say 取消, not 交付.
"""

import asyncio
from contextlib import AsyncExitStack, ExitStack

import asyncpg
import pytest

from kiosk_server.web.client import CentreProblem, CentreUnreachable
from tests.incidents.attempts import attempts, is_past_deadline, only_the_last_was_recorded, states, steps
from tests.incidents.holding import person_held
from tests.incidents.people import People
from tests.system.asking import Asking, until
from tests.system.clerk import Clerk
from tests.system.installation import Installation
from tests.system.oracle import Delivery, charged, complaints
from tests.system.part import paused


@pytest.mark.parametrize("step", ["compose", "permit"])
async def test_mis_02_a_process_that_wakes_up_past_its_lease_changes_nothing(
    installation: Installation, people: People, books: asyncpg.Connection, clerk: Clerk, step: str
) -> None:
    sample = people.one()
    late, other = installation.centres
    async with Asking(installation) as asking:
        request = asking.new(sample)
        with ExitStack() as standing_still:
            async with AsyncExitStack() as held:
                if step == "compose":
                    standing_still.enter_context(late.workers_paused())
                else:
                    await held.enter_async_context(person_held(installation, await clerk.holder(sample)))
                first = asyncio.create_task(asking.issue(late, request))
                await until(lambda: attempts(books, request.request_id))
                standing_still.enter_context(paused(late.pid))
            await until(lambda: _is_void(books, request.request_id))
            again = await asking.issue(other, request, tries=100)
        (finished,) = await asyncio.gather(first, return_exceptions=True)
    # What the late process says, if anything, is that there is nothing, or the one answer there is.
    assert isinstance(finished, CentreProblem | CentreUnreachable) or finished == again
    assert await complaints(books, again) == []
    assert await only_the_last_was_recorded(books, request.request_id)
    told = await steps(books, request.request_id)
    assert told.count("answered") == 1
    assert told.index("void") < told.index("answered")
    assert await charged(books, [request.request_id]) == [request.request_id]


async def test_mis_02_a_recording_that_stands_still_is_whole_or_nothing(
    installation: Installation, people: People, books: asyncpg.Connection, clerk: Clerk
) -> None:
    """Stopped while it records, for longer than its lease: one answer in the end, whichever process gave it."""
    sample = people.one()
    late, other = installation.centres
    connection = await installation.administrator()
    async with Asking(installation) as asking:
        request = asking.new(sample)
        async with person_held(installation, await clerk.holder(sample)):
            first = asyncio.create_task(asking.issue(late, request))
            await until(lambda: attempts(books, request.request_id))
            recording = connection.transaction()
            await recording.start()
            await connection.execute(
                "SELECT state FROM issuance.request WHERE request_id = $1 FOR NO KEY UPDATE", request.request_id
            )
        await until(lambda: _is_permitted(books, request.request_id))
        with paused(late.pid):
            await recording.rollback()
            await asyncio.sleep(0)
            await until(lambda: is_past_deadline(books, request.request_id))
        (finished,) = await asyncio.gather(first, return_exceptions=True)
        again = await asking.issue(other, request, tries=100)
    await connection.close()
    assert isinstance(finished, Delivery | CentreProblem | CentreUnreachable)
    if isinstance(finished, Delivery):
        assert finished == again
    assert await complaints(books, again) == []
    assert (await states(books, request.request_id)).count("recorded") == 1
    assert await charged(books, [request.request_id]) == [request.request_id]


async def _is_void(books: asyncpg.Connection, request_id: str) -> bool:
    return await states(books, request_id) == ["void"]


async def _is_permitted(books: asyncpg.Connection, request_id: str) -> bool:
    return await states(books, request_id) == ["permitted"]
