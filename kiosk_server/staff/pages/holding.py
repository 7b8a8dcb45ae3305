"""Who cannot be issued about, why and since when; holding somebody back and lifting it, from the resident's page."""

from typing import Final

from aiohttp import web

from issuance_db.holds import held_with_names, hold_person, release_person
from kiosk_server.staff.duties import COUNTER_STAFF, RESIDENT_READERS
from kiosk_server.staff.holding import cause_words, item_words, way_out
from kiosk_server.staff.opened import PATH, back, opened_resident
from kiosk_server.staff.page import Page
from kiosk_server.staff.visit import Visit

_MOST: Final = 500


async def _draw(visit: Visit) -> web.Response:
    async with visit.database() as connection:
        rows = await held_with_names(connection, visit.city, _MOST + 1)
        await visit.reads(connection, "held_back", concerns=str(len(rows)))
    return visit.show(
        "holds.html", rows=rows[:_MOST], is_more=len(rows) > _MOST, most=_MOST,
        cause_words=cause_words, item_words=item_words, way_out=way_out,
    )  # fmt: skip


async def _hold(visit: Visit) -> web.Response:
    who = visit.actor()
    async with visit.database() as connection:
        await hold_person(connection, visit.city, await opened_resident(visit, connection), who)
    return back(visit, "person_held")


async def _release(visit: Visit) -> web.Response:
    who = visit.actor()
    async with visit.database() as connection:
        await release_person(connection, visit.city, await opened_resident(visit, connection), who)
    return back(visit, "person_released")


PAGES: Final = (
    Page("GET", "/holds", RESIDENT_READERS, _draw),
    Page("POST", f"{PATH}/hold", COUNTER_STAFF, _hold),
    Page("POST", f"{PATH}/release", COUNTER_STAFF, _release),
)
