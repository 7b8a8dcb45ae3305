"""A test issue for the resident whose page is open."""

from typing import Final

from aiohttp import web

from civil.errors import KioskError
from issuance_db.staff_acts import record_act
from kiosk_server.issuing.request import Kind
from kiosk_server.staff.duties import COUNTER_STAFF
from kiosk_server.staff.opened import PATH, opened_resident
from kiosk_server.staff.page import Page
from kiosk_server.staff.specimen import drawn, specimen_of
from kiosk_server.staff.visit import Visit


class KindNotChosen(KioskError):
    """種別を選んでください。 / Choose a kind."""


async def _make(visit: Visit) -> web.Response:
    who, kind = visit.actor(), _kind(visit.form.get("kind", ""))
    async with visit.database() as connection:
        number = await opened_resident(visit, connection)
        snapshot = await specimen_of(connection, visit.city, number, kind, visit.console.keys, visit.now)
    content = await drawn(snapshot)
    async with visit.database() as connection:
        await record_act(connection, visit.city, "specimen_made", who, concerns=kind, person_number=number)
    headers = {"Content-Disposition": 'inline; filename="mihon.pdf"'}
    return web.Response(body=content, content_type="application/pdf", headers=headers)


def _kind(word: str) -> Kind:
    try:
        return Kind(word)
    except ValueError:
        raise KindNotChosen from None


PAGES: Final = (Page("POST", f"{PATH}/specimen", COUNTER_STAFF, _make),)
