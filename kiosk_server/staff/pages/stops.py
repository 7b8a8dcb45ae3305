"""Stops: what is stopped, a new one with a look at what it does first, and the end of one."""

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from issuance_db.stop_effects import LATELY, effects_of
from issuance_db.stops import NoSuchStop, approve_restart, end_stop, list_stops, set_stop
from kiosk_server.staff.duties import EVERYBODY, RESIDENT_READERS, SUPERVISORS
from kiosk_server.staff.page import Entry, Page
from kiosk_server.staff.stop_form import FIELDS, TARGETS, filled, scope_of, window_of
from kiosk_server.staff.terms import KINDS
from kiosk_server.staff.visit import Visit

ENTRY: Final = Entry("/stops", "停止・再開", "Stops", EVERYBODY)
_MOST: Final = 1000
_APPROVALS: Final = 2
_PLACE: Final = ("operator", "store", "terminal")


async def _draw(visit: Visit) -> web.Response:
    may_read = visit.may(RESIDENT_READERS)
    async with visit.database() as connection:
        rows = await list_stops(connection, visit.city, visit.now, ended_too=True, most=_MOST)
        if may_read and any(row["person_number"] or row["household_number"] for row in rows):
            await visit.reads(connection, "stops")
    place = {name: visit.request.query.get(name, "") for name in _PLACE}
    return visit.show(
        "stops.html", groups=_grouped(visit, rows), may_read=may_read,
        may_act=visit.may(SUPERVISORS), approvals=_APPROVALS, place=place, targets=TARGETS, kinds=KINDS, fields=FIELDS,
    )  # fmt: skip


def _grouped(visit: Visit, rows: Any) -> Mapping[str, list[Any]]:
    groups: dict[str, list[Any]] = {"in_force": [], "planned": [], "ended": []}
    for row in rows:
        over = row["ends_at"] is not None and row["ends_at"] <= visit.now
        group = "ended" if over else "planned" if row["starts_at"] > visit.now else "in_force"
        groups[group].append(row)
    return groups


async def _preview(visit: Visit) -> web.Response:
    fields = filled(visit.form)
    scope, window = scope_of(fields), window_of(fields, visit.now)
    async with visit.database() as connection:
        effects = await effects_of(connection, visit.city, scope, visit.now)
        if scope.person_number or scope.household_number:
            await visit.reads(connection, "stop_preview", person_number=scope.person_number)
    return visit.show(
        "stop_preview.html", fields=fields, scope=scope, window=window, effects=effects, days=LATELY.days,
        is_of_persons=bool(scope.person_number or scope.household_number), is_planned=window.starts_at > visit.now,
    )  # fmt: skip


async def _set(visit: Visit) -> web.Response:
    fields, actor = filled(visit.form), visit.actor()
    scope, window = scope_of(fields), window_of(fields, visit.now)
    async with visit.database() as connection:
        await set_stop(
            connection, visit.city, actor, visit.now, scope, starts_at=window.starts_at, ends_at=window.ends_at
        )
    return visit.to("/stops", "stop_set")


async def _approve(visit: Visit) -> web.Response:
    stop_id, actor = visit.number("stop", NoSuchStop), visit.actor()
    async with visit.database() as connection:
        await approve_restart(connection, visit.city, stop_id, actor)
    return visit.to("/stops", "stop_approved")


async def _end(visit: Visit) -> web.Response:
    stop_id, actor = visit.number("stop", NoSuchStop), visit.actor()
    async with visit.database() as connection:
        await end_stop(connection, visit.city, stop_id, actor, visit.now)
    return visit.to("/stops", "stop_ended")


PAGES: Final = (
    Page("GET", "/stops", EVERYBODY, _draw),
    Page("POST", "/stops/preview", SUPERVISORS, _preview),
    Page("POST", "/stops", SUPERVISORS, _set),
    Page("POST", "/stops/{stop}/approve", SUPERVISORS, _approve),
    Page("POST", "/stops/{stop}/end", SUPERVISORS, _end),
)
