"""MIS-16: a protective measure is set after the resident was let in and before the paper is made.

支援措置 protects people from those who look for their address; cities set it outside office hours too, while kiosks run to 23:00.
A certificate that was begun a moment before must not come out, and the kiosk must not say why: that would tell the seeker.
"""

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from kiosk_server.issuing.request import IssuanceRequest
from kiosk_server.web.client import CentreProblem
from tests.incidents.attempts import attempts, reasons, states
from tests.incidents.people import People
from tests.system.asking import Asking, until
from tests.system.clerk import Clerk
from tests.system.installation import Installation
from tests.system.oracle import charged, complaints
from tests.system.running import CITY

_STOP = "INSERT INTO issuance.suppression (municipality_code, person_number, source) VALUES ($1, $2, 'staff')"
TRIES = 50
"""While the record is being brought up to date, the answer is to ask again."""

Protect = Callable[[Clerk, str], Awaitable[object]]


async def by_registry(clerk: Clerk, person: str) -> None:
    await clerk.is_protected(person)


async def by_staff(clerk: Clerk, person: str) -> None:
    await clerk.staff.execute(_STOP, CITY, person)


@pytest.mark.parametrize("whose", ["the one who asks", "another of the household"])
@pytest.mark.parametrize("protect", [by_registry, by_staff])
async def test_mis_16_protection_while_the_paper_is_made_is_refused_at_the_last_gate(
    installation: Installation, people: People, books: asyncpg.Connection, clerk: Clerk, protect: Protect, whose: str
) -> None:
    sample, centre = people.family(2), installation.centres[0]
    holder = await clerk.holder(sample)
    members = [row.record.person_number for row in await clerk.household(holder)]
    person = holder if whose == "the one who asks" else next(member for member in members if member != holder)
    async with Asking(installation) as asking:
        request = asking.new(sample)
        with centre.workers_paused():
            under_way = asyncio.create_task(asking.refused(centre, request, tries=TRIES))
            await until(lambda: attempts(books, request.request_id))
            await protect(clerk, person)
        problem = await under_way
    await _require_neutral(books, request, problem)


async def test_mis_16_protection_that_commits_before_the_permit_wins_and_one_after_it_comes_too_late(
    installation: Installation, people: People, books: asyncpg.Connection, clerk: Clerk
) -> None:
    """The writer holds the person's lock until it commits: the permit waits for it, and sees it."""
    sample = people.one()
    holder = await clerk.holder(sample)
    async with Asking(installation) as asking:
        before, after = asking.new(sample), asking.new(sample)
        delivery = await asking.issue(installation.centres[1], after)
        async with clerk.staff.transaction():
            await clerk.staff.execute(_STOP, CITY, holder)
            under_way = asyncio.create_task(asking.refused(installation.centres[0], before, tries=TRIES))
            await until(lambda: attempts(books, before.request_id))
        await _require_neutral(books, before, await under_way)
    assert await complaints(books, delivery) == []


async def _require_neutral(books: asyncpg.Connection, request: IssuanceRequest, problem: CentreProblem) -> None:
    assert (problem.status, problem.code) == (403, "not_available")
    assert problem.issuance_number is None
    said = f"{problem.title} {problem.detail}"
    assert not [word for word in ("支援", "抑止", "保護", "protect", "suppress") if word in said]
    assert (await reasons(books, request.request_id))[-1] == "suppressed"
    assert set(await states(books, request.request_id)) == {"void"}
    assert await charged(books, [request.request_id]) == []
