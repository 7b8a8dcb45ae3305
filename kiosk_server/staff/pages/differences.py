"""Persons whose issuance record differs from the register, and the approval that it is made anew (整合処理)."""

from typing import Final

from aiohttp import web

from issuance_db.repairs import approve_repair, last_reconciled, list_doubts
from kiosk_server.difference_words import CAUSES
from kiosk_server.staff.duties import DECIDERS, HISTORY_READERS
from kiosk_server.staff.page import Page
from kiosk_server.staff.visit import Visit

_MOST: Final = 200


async def _draw(visit: Visit) -> web.Response:
    async with visit.database() as connection:
        rows = await list_doubts(connection, visit.city)
        last = await last_reconciled(connection, visit.city)
        if rows:
            await visit.reads(connection, "differences", concerns=str(len(rows)))
    return visit.show(
        "differences.html", rows=rows[:_MOST], count=len(rows), last=last, causes=CAUSES, may_act=visit.may(DECIDERS)
    )


async def _approve(visit: Visit) -> web.Response:
    actor, person_number = visit.actor(), visit.text("person_number")
    async with visit.database() as connection:
        await approve_repair(connection, visit.city, person_number, actor)
    return visit.to("/alerts/differences", "repair_approved")


PAGES: Final = (
    Page("GET", "/alerts/differences", HISTORY_READERS, _draw),
    Page("POST", "/alerts/differences", DECIDERS, _approve),
)
