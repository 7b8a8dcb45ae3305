"""A clerk with a resident's page open, and a screen that faces the resident."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cardauth import UserCertificate, UserId
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.staff.duties import Duty
from tests.issuing.city import CENTRE, ISSUER, City
from tests.staff.office import Clerk, Office, Shown

LICENCE: Final = {"identity_check": "driving_licence"}
CARD: Final = {"issuer_key_id": ISSUER, "serial": "7001"}
NEW: Final = {"issuer_key_id": ISSUER, "serial": "7002", "bearer": "card"}
EARLIER: Final = {"earlier_issuer_key_id": ISSUER, "earlier_serial": "7001"}
_CODE: Final = re.compile(r'class="pairing"[^>]*>([0-9]{4}) ([0-9]{4})<')


@dataclass(slots=True)
class AtCounter:
    """The page of one resident in one clerk's browser."""

    clerk: Clerk
    path: str

    async def act(self, path: str, **fields: str) -> Shown:
        """Send one of its forms, with an identity check unless told otherwise."""
        return await self.clerk.post(f"{self.path}{path}", **LICENCE | fields)

    async def page(self) -> str:
        """As it is now."""
        return (await self.clerk.get(self.path)).text


async def at_counter(office: Office, number: str, account: str = "sato", duty: Duty = Duty.COUNTER) -> AtCounter:
    """Somebody new at work, with a resident before them."""
    return await opened(await office.at_work(account, duty), number)


async def opened(clerk: Clerk, number: str) -> AtCounter:
    """Another resident's page of the same clerk."""
    await clerk.get("/residents")
    shown = await clerk.post("/residents/open", person_number=number)
    return AtCounter(clerk, shown.path.removeprefix("/staff").partition("?")[0])


@dataclass(slots=True)
class Entry:
    """A PIN being typed: the clerk's page of it, and the resident's screen."""

    counter: AtCounter
    screen: Clerk
    path: str
    code: str

    async def pair(self, code: str | None = None) -> Shown:
        """The resident types what the clerk says."""
        return await self.screen.send("/pad", {"code": code or self.code})

    async def type(self, pin: str, again: str | None = None) -> Shown:
        """And the PIN, twice."""
        return await self.screen.post("/pad/pin", pin=pin, again=pin if again is None else again)

    async def seen(self) -> str:
        """What the clerk reads."""
        return (await self.counter.clerk.get(self.path)).text


async def entry(office: Office, counter: AtCounter, **fields: str) -> Entry:
    """Begun by the clerk; no screen is paired."""
    shown = await counter.act("/pin", **(fields or CARD))
    found = _CODE.search(shown.text)
    assert found is not None, shown.text
    return Entry(counter, office.browser(), shown.path.removeprefix("/staff"), found[1] + found[2])


async def code_of(city: City, credential: UserCertificate | UserId) -> RefusalCode | None:
    """How the next issuance is refused, or None."""
    try:
        await city.issuing.issue(CENTRE, city.request(credential))  # type: ignore[arg-type]  # a 利用者ID is one too
    except Refusal as refusal:
        return refusal.code
    return None


async def acts(office: Office) -> Sequence[tuple[object, ...]]:
    """Act, person and who, in their order."""
    rows = await office.city.rows("SELECT act, person_number, acted_by FROM history.staff_act ORDER BY act_id")
    return [tuple(row.values()) for row in rows]
