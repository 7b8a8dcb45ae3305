"""Protective measures that staff set and lift, at any hour: of residents, from their page, and of persons known only from a koseki."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import asyncpg
from aiohttp import web

from civil.errors import KioskError
from issuance_db.staff_acts import Actor
from issuance_db.staff_sessions import find_search
from issuance_db.suppressions import (
    Row,
    ground_of,
    koseki_ground_of,
    koseki_person,
    lift_koseki_suppression,
    lift_suppression,
    suppress_koseki_person,
    suppress_person,
)
from kiosk_server.staff.duties import COUNTER_STAFF, PROTECTION_KEEPERS
from kiosk_server.staff.opened import PATH, keep, opened_resident
from kiosk_server.staff.page import Page
from kiosk_server.staff.visit import Visit

_KOSEKI: Final = "/koseki-protection/{opened}"
_KEPT_AS: Final = "koseki_person"
_LONGEST_NUMBER: Final = 64


class NobodyInKoseki(KioskError):
    """この番号の人は戸籍にいません。番号を確かめてください。住民であれば、住民の画面から止めます。 /
    Nobody of this number is in a koseki. Check it; a resident is protected from the resident's page."""


@dataclass(frozen=True, slots=True)
class _Sort:
    """Residents, or persons known only from a koseki: where one of them is open, and what is done under their number."""

    path: str
    number: Callable[[Visit, asyncpg.Connection], Awaitable[str]]
    suppress: Callable[[asyncpg.Connection, str, str, str, str], Awaitable[None]]
    lift: Callable[[asyncpg.Connection, str, str, Actor], Awaitable[None]]
    ground_of: Callable[[asyncpg.Connection, str, str], Awaitable[Row | None]]
    reading: str

    @property
    def pages(self) -> tuple[Page, ...]:
        """What is done from the page of one of them."""
        return (
            Page("POST", f"{self.path}/protect", COUNTER_STAFF, self._set),
            Page("POST", f"{self.path}/unprotect", PROTECTION_KEEPERS, self._lift),
            Page("GET", f"{self.path}/ground", PROTECTION_KEEPERS, self._ground),
        )

    async def _set(self, visit: Visit) -> web.Response:
        ground = visit.text("ground")
        async with visit.database() as connection:
            number = await self.number(visit, connection)
            await self.suppress(connection, visit.city, number, visit.session.name, ground)
        return visit.to(self._opened(visit), "suppression_set")

    async def _lift(self, visit: Visit) -> web.Response:
        who = visit.actor()
        async with visit.database() as connection:
            await self.lift(connection, visit.city, await self.number(visit, connection), who)
        return visit.to(self._opened(visit), "suppression_lifted")

    async def _ground(self, visit: Visit) -> web.Response:
        async with visit.database() as connection:
            number = await self.number(visit, connection)
            found = await self.ground_of(connection, visit.city, number)
            await visit.reads(connection, self.reading, person_number=number)
        return visit.show("ground.html", ground=found, back=self._opened(visit))

    def _opened(self, visit: Visit) -> str:
        return self.path.format(opened=visit.request.match_info["opened"])


async def _find_in_koseki(visit: Visit) -> web.Response:
    number = visit.text("koseki_person_number", _LONGEST_NUMBER)
    async with visit.database() as connection:
        return visit.to(f"/koseki-protection/{await keep(visit, connection, {_KEPT_AS: number})}")


async def _ask_for_koseki(visit: Visit) -> web.Response:
    return visit.show("koseki_protection.html", person=None, opened=None, keeps_protection=False)


async def _in_koseki(visit: Visit) -> web.Response:
    async with visit.database() as connection:
        number = await _opened_in_koseki(visit, connection)
        person = await koseki_person(connection, visit.city, number)
        if person is None:
            raise NobodyInKoseki
        await visit.reads(connection, "koseki_person", person_number=number)
    opened = visit.request.match_info["opened"]
    may_lift = visit.may(PROTECTION_KEEPERS)
    return visit.show("koseki_protection.html", person=person, opened=opened, keeps_protection=may_lift)


async def _opened_in_koseki(visit: Visit, connection: asyncpg.Connection) -> str:
    fields = await find_search(connection, visit.city, visit.request.match_info["opened"], visit.token.digest)
    if fields is None or _KEPT_AS not in fields:
        raise NobodyInKoseki
    return fields[_KEPT_AS]


_RESIDENTS: Final = _Sort(PATH, opened_resident, suppress_person, lift_suppression, ground_of, "suppression_ground")
_OF_KOSEKI: Final = _Sort(
    _KOSEKI,
    _opened_in_koseki,
    suppress_koseki_person,
    lift_koseki_suppression,
    koseki_ground_of,
    "koseki_suppression_ground",
)
PAGES: Final = (
    *_RESIDENTS.pages,
    Page("GET", "/koseki-protection", COUNTER_STAFF, _ask_for_koseki),
    Page("POST", "/koseki-protection", COUNTER_STAFF, _find_in_koseki),
    Page("GET", _KOSEKI, COUNTER_STAFF, _in_koseki),
    *_OF_KOSEKI.pages,
)
