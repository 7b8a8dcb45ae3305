"""Protective measures that staff set and lift, at any hour: of residents, from their page, and of persons known only from a koseki."""

from typing import Final

import asyncpg
from aiohttp import web

from civil.errors import KioskError
from issuance_db.staff_sessions import find_search
from issuance_db.suppressions import (
    ground_of,
    koseki_ground_of,
    koseki_person,
    lift_koseki_suppression,
    lift_suppression,
    suppress_koseki_person,
    suppress_person,
)
from kiosk_server.staff.duties import COUNTER_STAFF, PROTECTION_KEEPERS
from kiosk_server.staff.opened import PATH, back, keep, opened_resident
from kiosk_server.staff.page import Page
from kiosk_server.staff.visit import Visit

_KOSEKI: Final = "/koseki-protection/{opened}"
_KEPT_AS: Final = "koseki_person"
_LONGEST_NUMBER: Final = 64


class NobodyInKoseki(KioskError):
    """この番号の人は戸籍にいません。番号を確かめてください。住民であれば、住民の画面から止めます。 /
    Nobody of this number is in a koseki. Check it; a resident is protected from the resident's page."""


async def _set(visit: Visit) -> web.Response:
    ground = visit.text("ground")
    async with visit.database() as connection:
        number = await opened_resident(visit, connection)
        await suppress_person(connection, visit.city, number, visit.session.name, ground)
    return back(visit, "suppression_set")


async def _lift(visit: Visit) -> web.Response:
    who = visit.actor()
    async with visit.database() as connection:
        await lift_suppression(connection, visit.city, await opened_resident(visit, connection), who)
    return back(visit, "suppression_lifted")


async def _ground(visit: Visit) -> web.Response:
    async with visit.database() as connection:
        number = await opened_resident(visit, connection)
        found = await ground_of(connection, visit.city, number)
        await visit.reads(connection, "suppression_ground", person_number=number)
    opened = visit.request.match_info["opened"]
    return visit.show("ground.html", ground=found, back=f"/residents/{opened}")


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


async def _set_in_koseki(visit: Visit) -> web.Response:
    ground = visit.text("ground")
    async with visit.database() as connection:
        number = await _opened_in_koseki(visit, connection)
        await suppress_koseki_person(connection, visit.city, number, visit.session.name, ground)
    return _back_to_koseki(visit, "suppression_set")


async def _lift_in_koseki(visit: Visit) -> web.Response:
    who = visit.actor()
    async with visit.database() as connection:
        await lift_koseki_suppression(connection, visit.city, await _opened_in_koseki(visit, connection), who)
    return _back_to_koseki(visit, "suppression_lifted")


async def _ground_in_koseki(visit: Visit) -> web.Response:
    async with visit.database() as connection:
        number = await _opened_in_koseki(visit, connection)
        found = await koseki_ground_of(connection, visit.city, number)
        await visit.reads(connection, "koseki_suppression_ground", person_number=number)
    opened = visit.request.match_info["opened"]
    return visit.show("ground.html", ground=found, back=f"/koseki-protection/{opened}")


async def _opened_in_koseki(visit: Visit, connection: asyncpg.Connection) -> str:
    fields = await find_search(connection, visit.city, visit.request.match_info["opened"], visit.token.digest)
    if fields is None or _KEPT_AS not in fields:
        raise NobodyInKoseki
    return fields[_KEPT_AS]


def _back_to_koseki(visit: Visit, said: str) -> web.Response:
    return visit.to(f"/koseki-protection/{visit.request.match_info['opened']}", said)


PAGES: Final = (
    Page("POST", f"{PATH}/protect", COUNTER_STAFF, _set),
    Page("POST", f"{PATH}/unprotect", PROTECTION_KEEPERS, _lift),
    Page("GET", f"{PATH}/ground", PROTECTION_KEEPERS, _ground),
    Page("GET", "/koseki-protection", COUNTER_STAFF, _ask_for_koseki),
    Page("POST", "/koseki-protection", COUNTER_STAFF, _find_in_koseki),
    Page("GET", _KOSEKI, COUNTER_STAFF, _in_koseki),
    Page("POST", f"{_KOSEKI}/protect", COUNTER_STAFF, _set_in_koseki),
    Page("POST", f"{_KOSEKI}/unprotect", PROTECTION_KEEPERS, _lift_in_koseki),
    Page("GET", f"{_KOSEKI}/ground", PROTECTION_KEEPERS, _ground_in_koseki),
)
