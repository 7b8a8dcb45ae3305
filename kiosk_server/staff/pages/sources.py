"""The systems whose data certificates are made from (連携元): how fresh each is, what its last file did, what is not well and what to do."""

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from kiosk_server.sources.health import Place, faults_of_register, faults_of_source
from kiosk_server.sources.look import look_at
from kiosk_server.sources.setting import one_source
from kiosk_server.staff.duties import EVERYBODY, HISTORY_READERS, RESIDENT_READERS, SUPERVISORS, Duty
from kiosk_server.staff.holding import SOURCE_STOPS
from kiosk_server.staff.page import Entry, Page
from kiosk_server.staff.source_form import limit_now, written
from kiosk_server.staff.terms import WEEKDAYS, Term
from kiosk_server.staff.visit import Visit

_PLACES: Final[Mapping[Place, tuple[str, Term, frozenset[Duty]]]] = {
    "files": ("/sources/files", ("受け取ったファイル", "Files"), EVERYBODY),
    "aside": ("/sources/aside", ("読めずに除いた行", "Records set aside"), HISTORY_READERS),
    "differences": ("/alerts/differences", ("記録の差異", "Differences"), HISTORY_READERS),
    "held": ("/residents", ("住民", "Residents"), RESIDENT_READERS),
}
"""Where more is said of a fault, and to whom."""
ENTRY: Final = Entry("/sources", "連携元", "Sources", EVERYBODY)


async def _draw(visit: Visit) -> web.Response:
    async with visit.database() as connection:
        look = await look_at(connection, visit.city, visit.now)
    faults = {source.source: faults_of_source(source, visit.now) for source in look.sources}
    return visit.show(
        "sources.html", look=look, faults=faults, of_register=faults_of_register(look, visit.now, visit.console.part_every),
        **_shared(visit),
    )  # fmt: skip


async def _one(visit: Visit) -> web.Response:
    async with visit.database() as connection:
        source = await one_source(connection, visit.city, visit.request.match_info["source"], visit.now)
    return visit.show(
        "source.html", source=source, faults=faults_of_source(source, visit.now), rest_days=written(source.rest_days), limit=limit_now(source),
        may_act=visit.may(SUPERVISORS), weekdays=WEEKDAYS, **_shared(visit),
    )  # fmt: skip


def _shared(visit: Visit) -> Mapping[str, Any]:
    places = {name: (path, words) for name, (path, words, duties) in _PLACES.items() if visit.may(duties)}
    return {"may_read": visit.may(HISTORY_READERS), "stops": SOURCE_STOPS, "places": places}


PAGES: Final = (
    Page("GET", "/sources", EVERYBODY, _draw),
    Page("GET", "/sources/of/{source}", EVERYBODY, _one),
)
