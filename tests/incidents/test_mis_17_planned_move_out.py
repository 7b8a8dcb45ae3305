"""MIS-17: one member of the household has filed a 転出届.

Cities (Tamba, Ginowan) refuse the whole household from that day on: what a 住民票 says of it is about to be wrong.
A product that looks only at the one who asks, or only at those printed, goes on issuing; one that never looks again never stops refusing.
"""

from dataclasses import replace

import asyncpg

from kiosk_server.issuing.request import Kind, MenuRequest
from kiosk_server.web.client import CentreClient, CentreProblem
from tests.incidents.attempts import reasons
from tests.incidents.people import People
from tests.system.asking import Asking
from tests.system.clerk import Clerk
from tests.system.installation import Installation
from tests.system.oracle import charged, complaints
from tests.system.running import CITY, Sample

TRIES = 50


async def test_mis_17_whole_household_is_refused_until_the_notification_is_cancelled(
    installation: Installation, people: People, books: asyncpg.Connection, clerk: Clerk
) -> None:
    sample = people.family(2)
    holder = await clerk.holder(sample)
    leaving = next(
        row.record.person_number for row in await clerk.household(holder) if row.record.person_number != holder
    )
    async with Asking(installation) as asking:
        first, second = installation.centres
        planned = await clerk.plans_to_leave(leaving)
        requests = [asking.new(sample), replace(asking.new(sample), persons="self")]
        for request in requests:
            problem = await asking.refused(first, request, tries=TRIES)
            assert (problem.status, problem.code) == (403, "not_available")
            assert await reasons(books, request.request_id) == ["planned_move_out"]
        assert Kind.RESIDENT_RECORD not in await _on_offer(await asking.client(second, TRIES), sample)

        await clerk.cancels(planned)
        # What was refused stays refused; a new request is answered.
        assert (await asking.refused(second, requests[0], tries=TRIES)).code == "not_available"
        delivery = await asking.issue(installation.centres[1], asking.new(sample), tries=TRIES)
    assert await complaints(books, delivery) == []
    assert await charged(books, [request.request_id for request in requests]) == []


async def _on_offer(client: CentreClient, sample: Sample) -> set[Kind]:
    """The kinds on the menu; what does not come from the residents' register may still be there."""
    request = sample.request(f"menu-{sample.serial}")
    try:
        menu = await client.menus(MenuRequest(request.request_id, CITY, request.terminal, sample.credential))
    except CentreProblem as problem:
        if problem.code != "not_available":
            raise
        return set()
    return {kind.kind for kind in menu.kinds}
