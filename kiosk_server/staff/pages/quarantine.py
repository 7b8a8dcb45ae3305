"""Documents that failed, sealed: two persons approve, one of them opens."""

from typing import Final

from aiohttp import web

from issuance_db.quarantines import NotQuarantined, approve_opening, list_quarantined, open_quarantined
from keys.purpose import Purpose
from keys.sealing import unseal
from kiosk_server.issuing.ending import quarantine_binding
from kiosk_server.staff.duties import HISTORY_READERS, SUPERVISORS
from kiosk_server.staff.page import Page
from kiosk_server.staff.visit import Visit

_APPROVALS: Final = 2
_LONGEST_NUMBER: Final = 32


async def _draw(visit: Visit) -> web.Response:
    async with visit.database() as connection:
        rows = await list_quarantined(connection, visit.city)
    return visit.show("quarantine.html", rows=rows, approvals=_APPROVALS, may_act=visit.may(SUPERVISORS))


async def _approve(visit: Visit) -> web.Response:
    number, actor = _number(visit), visit.actor()
    async with visit.database() as connection:
        await approve_opening(connection, visit.city, number, actor)
    return visit.to("/alerts/quarantine", "opening_approved")


async def _open(visit: Visit) -> web.Response:
    """The act is committed before the document leaves: nobody looks without a trace."""
    number = _number(visit)
    async with visit.database() as connection:
        found = await open_quarantined(connection, number, visit.session.name)
    key = visit.console.keys.secret(Purpose.QUARANTINE, found.key_version)
    return web.Response(
        body=unseal(key, found.sealed, quarantine_binding(visit.city, number)),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="quarantine-{number}.pdf"'},
    )


def _number(visit: Visit) -> str:
    number = visit.request.match_info["number"]
    if len(number) > _LONGEST_NUMBER or not number.replace("-", "").isalnum() or not number.isascii():
        raise NotQuarantined
    return number


PAGES: Final = (
    Page("GET", "/alerts/quarantine", HISTORY_READERS, _draw),
    Page("POST", "/alerts/quarantine/{number}/approve", SUPERVISORS, _approve),
    Page("POST", "/alerts/quarantine/{number}/open", SUPERVISORS, _open),
)
