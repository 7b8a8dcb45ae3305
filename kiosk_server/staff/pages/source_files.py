"""What became of each file of another system, newest first: never what it says."""

from typing import Final

from aiohttp import web

from kiosk_server.difference_words import items_told
from kiosk_server.sources.names import SOURCE_NAMES
from kiosk_server.staff.duties import EVERYBODY, HISTORY_READERS
from kiosk_server.staff.page import Page
from kiosk_server.staff.terms import FILE_RESULTS
from kiosk_server.staff.visit import Visit, is_number
from sync.feeds.status import list_receipts

_A_PAGE: Final = 50


async def _draw(visit: Visit) -> web.Response:
    query = visit.request.query
    source = query.get("source") if query.get("source") in SOURCE_NAMES else None
    result = query.get("result") if query.get("result") in FILE_RESULTS else None
    before = int(query["before"]) if is_number(query.get("before", "")) else None
    async with visit.database() as connection:
        rows = await list_receipts(connection, visit.city, source, result, before, _A_PAGE + 1)
    asked = {name: word for name, word in (("source", source), ("result", result)) if word}
    older = {**asked, "before": str(rows[_A_PAGE - 1]["receipt_id"])} if len(rows) > _A_PAGE else None
    return visit.show(
        "source_files.html", rows=rows[:_A_PAGE], source=source, result=result, older=older, is_newest=before is None, asked=asked,
        sources=[code for code in SOURCE_NAMES if code != "registry"], results=FILE_RESULTS, items_told=items_told,
        may_read=visit.may(HISTORY_READERS),
    )  # fmt: skip


PAGES: Final = (Page("GET", "/sources/files", EVERYBODY, _draw),)
