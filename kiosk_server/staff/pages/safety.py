"""The quarterly report on safety, made from the books: to look at, and as a file by one button."""

import asyncio
from collections.abc import Sequence
from typing import Final

from aiohttp import hdrs, web

from issuance_db.safety_report import safety_evidence
from kiosk_server.exporting import Cell
from kiosk_server.safety import Quarter, headings, report_file, report_rows
from kiosk_server.staff.duties import LOG_REVIEWERS
from kiosk_server.staff.page import Entry, Page
from kiosk_server.staff.visit import Visit
from kiosk_server.staff.words import sayer

ENTRY: Final = Entry("/safety", "安全点検報告", "Safety report", LOG_REVIEWERS)
_OFFERED: Final = 8
"""Two years: long before personal columns of the history are erased."""


async def _draw(visit: Visit) -> web.Response:
    quarters = Quarter.of(visit.today).before(_OFFERED)
    asked = visit.request.query.get("quarter")
    quarter = Quarter.written(asked, visit.today) if asked else quarters[1]
    say = sayer(visit.language)
    return visit.show(
        "safety.html", quarters=quarters, quarter=quarter, headings=headings(say), rows=await _rows(visit, quarter)
    )


async def _file(visit: Visit) -> web.Response:
    quarter = Quarter.written(visit.form.get("quarter", ""), visit.today)
    say, form, rows = sayer(visit.language), visit.form.get("format", ""), await _rows(visit, quarter)
    made = await asyncio.to_thread(report_file, say, form, quarter, rows, visit.now, visit.city)
    async with visit.database() as connection:
        await visit.reads(connection, "safety_report", concerns=quarter.name)
    named = f'attachment; filename="{made.name}"'
    return web.Response(
        body=made.content, headers={hdrs.CONTENT_TYPE: made.content_type, hdrs.CONTENT_DISPOSITION: named}
    )


async def _rows(visit: Visit, quarter: Quarter) -> Sequence[Sequence[Cell]]:
    async with visit.database() as connection:
        evidence = await safety_evidence(connection, visit.city, quarter.since, quarter.until)
    city = visit.screens.city_name(visit.city)
    return report_rows(sayer(visit.language), city, quarter, evidence, visit.now)


PAGES: Final = (
    Page("GET", "/safety", LOG_REVIEWERS, _draw),
    Page("POST", "/safety/file", LOG_REVIEWERS, _file),
)
