"""Finding a resident for the counter, and the pages of what a counter does for one."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import asyncpg
from aiohttp import web

from civil.errors import KioskError
from issuance_db.resident_search import MOST_FOUND, Row, Sought, find_residents
from issuance_db.staff_sessions import find_search
from kiosk_server.staff.duties import COUNTER_STAFF, RESIDENT_READERS
from kiosk_server.staff.opened import keep, open_resident
from kiosk_server.staff.page import Entry, Page
from kiosk_server.staff.pages import credentials, holding, pin_entry, protection, specimen
from kiosk_server.staff.visit import Visit

ENTRY: Final = Entry("/residents", "住民", "Residents", RESIDENT_READERS)
FIELDS: Final = ("person_number", "household_number", "name", "furigana", "birth_on", "address")
_LONGEST: Final = 100
_LONGEST_NUMBER: Final = 64


class SoughtWrong(KioskError):
    """探す条件に誤りがあります。生年月日と文字数を確かめてください。 / A field of the search is wrong. Check the birth date and the lengths."""


async def _keep(visit: Visit) -> web.Response:
    fields = {name: visit.form.get(name, "").strip() for name in FIELDS}
    fields = {name: value for name, value in fields.items() if value}
    sought_of(fields)
    async with visit.database() as connection:
        return visit.to(f"/residents?search={await keep(visit, connection, fields)}")


async def _draw(visit: Visit) -> web.Response:
    search_id = visit.request.query.get("search", "")
    async with visit.database() as connection:
        fields = await find_search(connection, visit.city, search_id, visit.token.digest) or {}
        rows = await find_residents(connection, visit.city, sought_of(fields)) if fields else ()
        if fields:
            await _record(visit, connection, fields, rows[:MOST_FOUND])
    return visit.show(
        "residents.html", rows=rows[:MOST_FOUND], is_more=len(rows) > MOST_FOUND, most=MOST_FOUND, is_search=bool(fields),
        fields={name: fields.get(name, "") for name in FIELDS}, sees_protection=visit.may(COUNTER_STAFF),
    )  # fmt: skip


async def _record(
    visit: Visit, connection: asyncpg.Connection, fields: Mapping[str, str], shown: Sequence[Row]
) -> None:
    """Each resident whose address is shown; of a search that found nobody, that it was made."""
    found = [row["person_number"] for row in shown] or [fields.get("person_number")]
    for number in found:
        await visit.reads(connection, "residents_found", concerns=str(len(shown)), person_number=number)


async def _open(visit: Visit) -> web.Response:
    async with visit.database() as connection:
        return await open_resident(visit, connection, visit.text("person_number", _LONGEST_NUMBER))


def sought_of(fields: Mapping[str, str]) -> Sought:
    """What the issuance record is asked. Raises SoughtWrong, TooWide."""
    if any(len(value) > _LONGEST for value in fields.values()):
        raise SoughtWrong
    try:
        born = date.fromisoformat(fields["birth_on"]) if fields.get("birth_on") else None
    except ValueError:
        raise SoughtWrong from None
    return Sought(
        fields.get("person_number"), fields.get("household_number"), fields.get("name"), fields.get("furigana"), born,
        fields.get("address"),
    )  # fmt: skip


PAGES: Final = (
    *credentials.PAGES,
    *holding.PAGES,
    *pin_entry.PAGES,
    *protection.PAGES,
    *specimen.PAGES,
    Page("GET", "/residents", RESIDENT_READERS, _draw),
    Page("POST", "/residents", RESIDENT_READERS, _keep),
    Page("POST", "/residents/open", RESIDENT_READERS, _open),
)
