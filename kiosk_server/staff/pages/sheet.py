"""An investigation that begins with a sheet of paper: which issuance it is, and whether it is that."""

from typing import Final

from aiohttp import web

from issuance_db.history_search import sheets_of
from kiosk_server.staff.duties import HISTORY_READERS
from kiosk_server.staff.page import Entry, Page
from kiosk_server.staff.sheet import Identified, identify, judge_codes
from kiosk_server.staff.sheet_reader import read_sheet
from kiosk_server.staff.uploads import read_upload
from kiosk_server.staff.visit import Visit

ENTRY: Final = Entry("/sheet", "券面から調べる", "From a sheet", HISTORY_READERS)
_MOST_BYTES: Final = 20 << 20


async def _draw(visit: Visit) -> web.Response:
    return visit.show("sheet.html", identified=None)


async def _identify(visit: Visit) -> web.Response:
    async with visit.console.one_sheet:
        identified = await _identified(visit)
    return visit.show("sheet.html", identified=identified)


async def _identified(visit: Visit) -> Identified:
    upload = await read_upload(visit, _MOST_BYTES)
    check = judge_codes(await read_sheet(upload.content), visit.city, visit.console.keys, visit.now)
    numbers = sorted({statement.issuance_number for statement in check.statements})
    async with visit.database() as connection:
        issuances = await sheets_of(connection, visit.city, numbers)
        identified = identify(upload.content, check, issuances)
        await visit.reads(connection, f"sheet_{identified.finding}", concerns=" ".join(numbers) or None)
    return identified


PAGES: Final = (
    Page("GET", "/sheet", HISTORY_READERS, _draw),
    Page("POST", "/sheet", HISTORY_READERS, _identify, is_upload=True),
)
