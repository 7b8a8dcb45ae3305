"""Whose records differ from the register or from what another system says (整合処理): why, what to do, and the approval of it."""

from typing import Final

from aiohttp import hdrs, web

from civil.calendar import JST
from issuance_db.repairs import approve_repair
from kiosk_server.exporting import CsvLines
from kiosk_server.staff.differing import WAYS, Differing, all_compared, all_differing
from kiosk_server.staff.duties import COUNTER_STAFF, DECIDERS, HISTORY_READERS
from kiosk_server.staff.page import Page
from kiosk_server.staff.screens import jst
from kiosk_server.staff.terms import Term, term
from kiosk_server.staff.visit import Visit
from kiosk_server.staff.words import one_of, sayer
from sync.feeds.status import release_doubt

_HERE: Final = "/alerts/differences"
_MOST: Final = 200
_COLUMNS: Final[tuple[Term, ...]] = (
    ("照合の相手", "Compared with"), ("番号", "Number"), ("停止の日時", "Stopped since"), ("違い", "Difference"),
    ("違う項目", "Items"), ("異動・ファイル", "Event or file"), ("すること", "What to do"),
    ("承認した人", "Approved by"),
)  # fmt: skip


async def _draw(visit: Visit) -> web.Response:
    async with visit.database() as connection:
        rows = await all_differing(connection, visit.city, sees_protection=visit.may(COUNTER_STAFF))
        compared = await all_compared(connection, visit.city)
        if rows:
            await visit.reads(connection, "differences", concerns=str(len(rows)))
    return visit.show(
        "differences.html", rows=rows[:_MOST], count=len(rows), compared=compared, ways=WAYS, columns=_COLUMNS[:-1],
        may_act=visit.may(DECIDERS),
    )  # fmt: skip


async def _file(visit: Visit) -> web.Response:
    """Everybody, in the language of whoever asks."""
    async with visit.database() as connection:
        rows = await all_differing(connection, visit.city, sees_protection=visit.may(COUNTER_STAFF))
        await visit.reads(connection, "differences_exported", concerns=str(len(rows)))
    say, writer = sayer(visit.language), CsvLines()
    content = writer.begin([say(*one) for one in _COLUMNS]) + writer.add([_line(visit, row) for row in rows])
    named = f'attachment; filename="differences-{visit.now.astimezone(JST):%Y%m%d-%H%M%S}.csv"'
    headers = {hdrs.CONTENT_TYPE: f"{writer.content_type}; charset=utf-8", hdrs.CONTENT_DISPOSITION: named}
    return web.Response(body=content, headers=headers)


def _line(visit: Visit, row: Differing) -> list[str]:
    said = [one_of(text, visit.language) for text in (row.found, row.items, row.begun, row.way_out)]
    source = sayer(visit.language)(*term("source", row.source))
    return [source, row.number, jst(row.since), *said, row.approved_by or ""]


async def _approve(visit: Visit) -> web.Response:
    actor, person_number = visit.actor(), visit.text("person_number")
    async with visit.database() as connection:
        await approve_repair(connection, visit.city, person_number, actor)
    return visit.to(_HERE, "repair_approved")


async def _release(visit: Visit) -> web.Response:
    actor, number, source = visit.actor(), visit.text("person_number"), visit.text("source")
    async with visit.database() as connection:
        await release_doubt(connection, visit.city, source, number, actor)
    return visit.to(_HERE, "doubt_released")


PAGES: Final = (
    Page("GET", _HERE, HISTORY_READERS, _draw),
    Page("POST", _HERE, DECIDERS, _approve),
    Page("POST", f"{_HERE}/release", DECIDERS, _release),
    Page("POST", f"{_HERE}/file", HISTORY_READERS, _file),
)
