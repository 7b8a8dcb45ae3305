"""The first page: what waits for somebody, and the latest issuances."""

from datetime import timedelta
from typing import Final

from aiohttp import web

from issuance_db.alerts import open_alerts
from issuance_db.history_search import Criteria, find_requests
from issuance_db.holds import list_held
from issuance_db.koseki_access_review import waiting
from issuance_db.staff_readings import own_sign_ins
from issuance_db.stops import list_stops
from kiosk_server.staff.duties import EVERYBODY, HISTORY_READERS, RESIDENT_READERS
from kiosk_server.staff.page import Entry, Page
from kiosk_server.staff.visit import Visit

ENTRY: Final = Entry("", "はじめに", "Home", EVERYBODY)
_LATEST: Final = 10
_OWN_SINCE: Final = timedelta(days=30)


async def _draw(visit: Visit) -> web.Response:
    async with visit.database() as connection:
        alerts = await open_alerts(connection, visit.city)
        stops = await list_stops(connection, visit.city, visit.now)
        holds = await list_held(connection, visit.city)
        own = await own_sign_ins(connection, visit.city, visit.session.account_id, visit.now - _OWN_SINCE, _LATEST)
        applications = await waiting(connection, visit.today)
        may_read = visit.may(HISTORY_READERS)
        latest = await find_requests(connection, visit.city, Criteria(), None, _LATEST) if may_read else ()
    return visit.show(
        "home.html",
        alerts=alerts,
        stops=stops,
        holds=len(holds),
        applications=applications,
        latest=latest,
        own=own,
        reads_residents=visit.may(RESIDENT_READERS),
    )


PAGES: Final = (Page("GET", "", EVERYBODY, _draw),)
