"""Records of other systems' files that could not be read: where and why, never what they say; all of them as CSV."""

from typing import Final

import asyncpg
from aiohttp import hdrs, web

from civil.calendar import JST
from kiosk_server.difference_words import items_told
from kiosk_server.exporting import CsvLines
from kiosk_server.staff.duties import HISTORY_READERS
from kiosk_server.staff.page import Page
from kiosk_server.staff.screens import jst
from kiosk_server.staff.terms import Term, term
from kiosk_server.staff.visit import Visit
from kiosk_server.staff.words import one_of, sayer
from sync.feeds.status import list_aside

_HERE: Final = "/sources/aside"
_MOST: Final = 200
_COLUMNS: Final[tuple[Term, ...]] = (
    ("連携元", "Source"), ("記録の番号", "Record"), ("ファイル", "File"), ("番号", "File number"), ("行", "Line"), ("項目", "Item"),
    ("理由", "Reason"), ("いつから", "Since"),
)  # fmt: skip


async def _draw(visit: Visit) -> web.Response:
    async with visit.database() as connection:
        rows = await list_aside(connection, visit.city)
        if rows:
            await visit.reads(connection, "feed_aside", concerns=str(len(rows)))
    return visit.show(
        "source_aside.html", rows=rows[:_MOST], count=len(rows), columns=_COLUMNS, items_told=items_told, may_read=True
    )


async def _file(visit: Visit) -> web.Response:
    """All of them, in the language of whoever asks."""
    async with visit.database() as connection:
        rows = await list_aside(connection, visit.city)
        await visit.reads(connection, "feed_aside_exported", concerns=str(len(rows)))
    say, writer = sayer(visit.language), CsvLines()
    content = writer.begin([say(*one) for one in _COLUMNS]) + writer.add([_line(visit, row) for row in rows])
    named = f'attachment; filename="set-aside-{visit.now.astimezone(JST):%Y%m%d-%H%M%S}.csv"'
    headers = {hdrs.CONTENT_TYPE: f"{writer.content_type}; charset=utf-8", hdrs.CONTENT_DISPOSITION: named}
    return web.Response(body=content, headers=headers)


def _line(visit: Visit, row: asyncpg.Record) -> list[str]:
    source = sayer(visit.language)(*term("source", row["source"]))
    item, reason = (one_of(text, visit.language) for text in (items_told([row["item"]]), row["reason"]))
    return [
        source, row["record_key"], row["layout"], str(row["file_number"]), str(row["line"]), item, reason, jst(row["since"]),
    ]  # fmt: skip


PAGES: Final = (
    Page("GET", _HERE, HISTORY_READERS, _draw),
    Page("POST", f"{_HERE}/file", HISTORY_READERS, _file),
)
