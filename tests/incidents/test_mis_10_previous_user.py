"""MIS-10: the next user at the same kiosk gets what belonged to the one before.

Munakata, 28 June 2023, the kiosk in the city hall: the previous user's 住民票 came out for the next one.
The fault had been mended in 2019; the mended version had not been brought to 41 of 123 cities.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import asyncpg
import pytest

from kiosk_server.issuing.request import IssuanceRequest, Menu, MenuRequest, OutcomeReport, SessionCredential, Terminal
from kiosk_server.web.client import CentreClient, CentreProblem
from tests.incidents.attempts import attempts, reasons
from tests.incidents.people import People
from tests.system.asking import Asking, until
from tests.system.installation import Installation
from tests.system.oracle import Delivery, complaints
from tests.system.running import CITY, Sample

ABORTS = ("at the menu", "at pay", "card pulled", "power cut")


@dataclass(frozen=True, slots=True)
class Kiosk:
    """One terminal of the city, and the smallest session at it: a card, a menu, a certificate."""

    asking: Asking
    terminal: Terminal

    async def client(self, process: int) -> CentreClient:
        """The terminal's connection to one of the processes."""
        return await self.asking.client(self.asking.installation.centres[process], 20)

    async def menu(self, sample: Sample, process: int = 0) -> Menu:
        """The card is put in and the PIN is right."""
        asked = MenuRequest(secrets.token_hex(8), CITY, self.terminal, sample.credential)
        return await (await self.client(process)).menus(asked)

    def choice(self, sample: Sample, menu: Menu) -> IssuanceRequest:
        """Everybody of the household is touched on the screen."""
        refs = tuple(person.person_ref for person in menu.kinds[0].persons)
        request = replace(self.asking.new(sample), terminal=self.terminal, credential=SessionCredential(menu.session))
        return replace(request, persons=refs)

    async def certificate(self, sample: Sample, request: IssuanceRequest, process: int = 0) -> Delivery:
        """What comes out."""
        client = await self.client(process)
        return Delivery(request, await client.issue(request), sample.credential)

    async def refused(self, request: IssuanceRequest, process: int = 0) -> str:
        """The code when nothing comes out."""
        with pytest.raises(CentreProblem) as problem:
            await (await self.client(process)).issue(request)
        return problem.value.code


@asynccontextmanager
async def kiosk(installation: Installation) -> AsyncIterator[Kiosk]:
    async with Asking(installation, "terminal") as asking:
        yield Kiosk(asking, Terminal("足利市", "city hall", f"kiosk {secrets.token_hex(4)}"))


@pytest.mark.parametrize("abort", ABORTS)
async def test_mis_10_nothing_of_user_1_is_left_for_user_2(
    installation: Installation, people: People, books: asyncpg.Connection, abort: str
) -> None:
    first, second = people.several(2)
    async with kiosk(installation) as at:
        menu = await at.menu(first)
        request = at.choice(first, menu)
        printed = await _abort(at, abort, first, request, books)
        own_menu = await at.menu(second, process=1)
        shown = {person.name for kind in own_menu.kinds for person in kind.persons}
        assert shown == set(second.household)

        # The session of user 1, the request of user 1 again, user 1's persons under user 2's session: all from this very terminal.
        for process in (0, 1):
            assert await at.refused(replace(request, request_id=secrets.token_hex(8)), process) == "not_identified"
            again = await at.refused(request, process)
            assert again == "not_identified"
        crossed = replace(request, request_id=secrets.token_hex(8), credential=SessionCredential(own_menu.session))
        assert await at.refused(crossed) == "not_available"
        taken_over = replace(at.choice(second, own_menu), request_id=request.request_id)
        if printed is not None:
            assert await at.refused(taken_over) == "request_conflict"

        own = await at.certificate(second, at.choice(second, own_menu))
    assert await complaints(books, own) == []
    assert printed is None or printed.certificate.content != own.certificate.content


async def test_mis_10_user_1_may_come_back_and_ask_anew(
    installation: Installation, people: People, books: asyncpg.Connection
) -> None:
    first, second = people.several(2)
    async with kiosk(installation) as at:
        request = at.choice(first, await at.menu(first))
        await at.menu(second)
        assert await at.refused(request) == "not_identified"
        own = await at.certificate(first, at.choice(first, await at.menu(first)))
    assert await reasons(books, request.request_id) == ["session_over_next_person"]
    assert await complaints(books, own) == []


async def test_mis_10_a_stranger_with_a_wrong_pin_ends_nobodys_session(
    installation: Installation, people: People, books: asyncpg.Connection
) -> None:
    first, second = people.several(2)
    wrong = replace(second.credential, pin=f"{(int(second.pin) + 1) % 10_000:04}")
    async with kiosk(installation) as at:
        menu = await at.menu(first)
        with pytest.raises(CentreProblem):
            await (await at.client(0)).menus(MenuRequest(secrets.token_hex(8), CITY, at.terminal, wrong))
        own = await at.certificate(first, at.choice(first, menu))
    assert await complaints(books, own) == []


async def test_mis_10_a_session_belongs_to_its_terminal(installation: Installation, people: People) -> None:
    first = people.one()
    async with kiosk(installation) as here, kiosk(installation) as elsewhere:
        request = here.choice(first, await here.menu(first))
        await elsewhere.menu(first)
        assert await elsewhere.refused(replace(request, terminal=elsewhere.terminal)) == "not_identified"


async def _abort(
    at: Kiosk, abort: str, sample: Sample, request: IssuanceRequest, books: asyncpg.Connection
) -> Delivery | None:
    """User 1 leaves: nothing chosen, not paid, the card pulled out while it is made, or the terminal without power."""
    if abort == "at the menu":
        return None
    if abort == "at pay":
        printed = await at.certificate(sample, request)
        cancelled = OutcomeReport("cancelled", fee_collected=False, occurred_at=datetime.now(UTC))
        await (await at.client(0)).outcome(CITY, printed.certificate.issuance_number, cancelled)
        return printed
    centre = at.asking.installation.centres[0]
    with centre.workers_paused():
        under_way = asyncio.create_task(at.certificate(sample, request))
        await until(lambda: attempts(books, request.request_id))
        if abort == "card pulled":  # the terminal drops the connection
            under_way.cancel()
        else:  # nobody takes delivery of what comes
            centre.kill()
        await asyncio.gather(under_way, return_exceptions=True)
    if not centre.runs:
        centre.start()
    return None
