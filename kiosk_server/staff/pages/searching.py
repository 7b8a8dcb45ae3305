"""The issuance history: search, and page through. Who is searched for stands in the session, never in an address."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import asyncpg
from aiohttp import web

from issuance_db.history_search import Criteria, Place, Row, find_requests, holders_of, members_of
from issuance_db.staff_sessions import find_search
from kiosk_server.staff.criteria import FIELDS, asked, criteria_of
from kiosk_server.staff.duties import HISTORY_READERS
from kiosk_server.staff.opened import keep
from kiosk_server.staff.page import Entry, Page
from kiosk_server.staff.terms import KINDS, OUTCOMES, RESULTS, STATES
from kiosk_server.staff.visit import Visit

ENTRY: Final = Entry("/history", "発行履歴", "History", HISTORY_READERS)
A_PAGE: Final = 50
_CHOICES: Final[Mapping[str, Any]] = {"kinds": KINDS, "states": STATES, "results": RESULTS, "outcomes": OUTCOMES}
_STATES_OF_REQUESTS: Final = ("answered", "refused", "abandoned", "accepted")


async def _keep(visit: Visit) -> web.Response:
    fields = asked(visit.form, visit.today)
    async with visit.database() as connection:
        return visit.to(f"/history?search={await keep(visit, connection, fields)}")


async def _draw(visit: Visit) -> web.Response:
    search_id = visit.request.query.get("search", "")
    async with visit.database() as connection:
        fields = await find_search(connection, visit.city, search_id, visit.token.digest) or {}
        holders = await holders_of(connection, visit.city, fields["serial"]) if fields.get("serial") else ()
        rows = await _found(connection, visit, fields, holders)
        await read_persons(visit, connection, fields)
    page, more = rows[:A_PAGE], rows[A_PAGE:]
    return visit.show(
        "history.html", rows=page, labels=FIELDS, fields={name: fields.get(name, "") for name in FIELDS}, is_search=bool(fields), search_id=search_id,
        next_page=_next(search_id, page) if more else None, states_of_requests=_STATES_OF_REQUESTS, **_CHOICES,
    )  # fmt: skip


async def read_persons(visit: Visit, connection: asyncpg.Connection, fields: Mapping[str, str]) -> None:
    """Write down each person whose history is about to be shown: who is asked for, holds the certificate, or is of the household."""
    for number in await _persons(connection, visit.city, fields):
        await visit.reads(connection, "history_of_person", person_number=number)


async def _persons(connection: asyncpg.Connection, city: str, fields: Mapping[str, str]) -> Sequence[str | None]:
    """A number that nobody has was asked for all the same: None stands for nobody."""
    if fields.get("person_number"):
        return [fields["person_number"]]
    if fields.get("serial"):
        return await holders_of(connection, city, fields["serial"]) or [None]
    if fields.get("household_number"):
        return await members_of(connection, city, fields["household_number"]) or [None]
    return []


async def _found(
    connection: asyncpg.Connection, visit: Visit, fields: Mapping[str, str], holders: Sequence[str]
) -> Sequence[Row]:
    if not fields.get("serial"):
        return await _page(connection, visit, criteria_of(fields))
    found = [await _page(connection, visit, criteria_of(fields, holder)) for holder in holders]
    return sorted((row for rows in found for row in rows), key=_newest)[: A_PAGE + 1]


async def _page(connection: asyncpg.Connection, visit: Visit, criteria: Criteria) -> Sequence[Row]:
    return await find_requests(connection, visit.city, criteria, _after(visit), A_PAGE + 1)


def _after(visit: Visit) -> Place | None:
    query = visit.request.query
    try:
        return Place(datetime.fromisoformat(query["after"]), query["request"])
    except (KeyError, ValueError):
        return None


def _next(search_id: str, page: Sequence[Row]) -> Mapping[str, str]:
    last = page[-1]
    return {"search": search_id, "after": last["accepted_at"].isoformat(), "request": last["request_id"]}


def _newest(row: Row) -> tuple[Any, ...]:
    return -row["accepted_at"].timestamp(), row["request_id"]


PAGES: Final = (
    Page("GET", "/history", HISTORY_READERS, _draw),
    Page("POST", "/history", HISTORY_READERS, _keep),
)
