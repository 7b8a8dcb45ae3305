"""Taking the history out as a file: what was searched for, or all of it. Who took what, and how many rows, is recorded."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from typing import Final

from aiohttp import hdrs, web

from civil.calendar import JST
from civil.errors import KioskError
from issuance_db.history_search import Criteria, Place, count_requests, find_requests, holders_of
from issuance_db.staff_sessions import find_search
from kiosk_server.exporting import Cell, CsvLines, ExcelSheet, NotInCp932, TableWriter
from kiosk_server.staff.criteria import criteria_of
from kiosk_server.staff.duties import HISTORY_READERS
from kiosk_server.staff.exported_rows import cells, headings
from kiosk_server.staff.guard import finish
from kiosk_server.staff.page import Page
from kiosk_server.staff.pages.searching import read_persons
from kiosk_server.staff.visit import Visit
from kiosk_server.web.logging import log_fault

_AT_ONCE: Final = 2_000


class NoSuchFormat(KioskError):
    """書き出す形式を選んでください。 / Choose a format."""


class NothingFound(KioskError):
    """条件に合うものがありません。条件を変えて、もう一度。 / Nothing matches. Change the search and try again."""


class TooManyRows(KioskError):
    """件数がこの形式に入りきりません。期間を分けるか、PDF なら CSV か Excel を選んでください。何も書き出していません。 /
    There are more rows than the format can hold. Split the period, or choose CSV or Excel instead of PDF. Nothing was written."""


def _pdf(visit: Visit) -> TableWriter:
    # Loaded when it is wanted: reportlab takes a second and 30 MB.
    drawn: TableWriter = import_module("kiosk_server.exporting.pdf_table").PdfTable(
        f"{visit.screens.city_name(visit.city)} 証明書発行履歴", visit.now
    )
    return drawn


_FORMATS: Final[Mapping[str, Callable[[Visit], TableWriter]]] = {
    "csv": lambda _: CsvLines(),
    "cp932": lambda _: CsvLines("cp932"),
    "excel": lambda _: ExcelSheet(),
    "pdf": _pdf,
}


async def _export(visit: Visit) -> web.StreamResponse:
    if (make := _FORMATS.get(visit.form.get("format", ""))) is None:
        raise NoSuchFormat
    fields = await _searched(visit)
    asked = await _criteria(visit, fields)
    writer = make(visit)
    await _require_fitting(visit, asked, writer)
    if isinstance(writer, CsvLines):
        await _require_encodable(visit, asked, writer)
    # Before the first row leaves, and again with their number: what breaks off is in the books too.
    async with visit.database() as connection:
        await read_persons(visit, connection, fields)
    await _record(visit, "history_export_begun", visit.form["format"], fields)
    if writer.suffix == "pdf":
        return await _whole(visit, asked, writer, fields)
    return await _streamed(visit, asked, writer, fields)


async def _streamed(
    visit: Visit, asked: Sequence[Criteria], writer: TableWriter, fields: Mapping[str, str]
) -> web.StreamResponse:
    response = web.StreamResponse(headers=_headers(visit, writer))
    finish(visit.request, response, is_tls=visit.console.is_tls)
    count = 0
    try:
        await response.prepare(visit.request)
        await response.write(writer.begin(headings(visit)))
        async for rows in _rows(visit, asked):
            await response.write(await asyncio.to_thread(writer.add, rows))
            count += len(rows)
        await response.write(writer.end())
        await response.write_eof()
    except Exception as error:  # noqa: BLE001 - the answer has begun: nobody above can tell the person any more
        if not isinstance(error, ConnectionError):
            log_fault("staff", error)
        # Half a file must not look like a whole one: the connection ends without the end of the answer.
        await _record(visit, "history_export_broken", f"{visit.form['format']} {count}", fields)
        if visit.request.transport is not None:
            visit.request.transport.abort()
        return response
    await _record(visit, "history_exported", f"{visit.form['format']} {count}", fields)
    return response


async def _whole(
    visit: Visit, asked: Sequence[Criteria], writer: TableWriter, fields: Mapping[str, str]
) -> web.StreamResponse:
    writer.begin(headings(visit))
    count = 0
    async for rows in _rows(visit, asked):
        writer.add(rows)
        count += len(rows)
    content = await asyncio.to_thread(writer.end)
    await _record(visit, "history_exported", f"{visit.form['format']} {count}", fields)
    return web.Response(body=content, headers=_headers(visit, writer))


async def _searched(visit: Visit) -> Mapping[str, str]:
    async with visit.database() as connection:
        return await find_search(connection, visit.city, visit.form.get("search", ""), visit.token.digest) or {}


async def _criteria(visit: Visit, fields: Mapping[str, str]) -> Sequence[Criteria]:
    """What is asked for one after the other, up to now: a file has an end while the service goes on."""
    holders: Sequence[str | None] = (None,)
    if fields.get("serial"):
        async with visit.database() as connection:
            holders = await holders_of(connection, visit.city, fields["serial"])
    asked = [criteria_of(fields, holder) for holder in holders]
    return [replace(one, until=min(one.until or visit.now, visit.now)) for one in asked]


async def _require_fitting(visit: Visit, asked: Sequence[Criteria], writer: TableWriter) -> None:
    async with visit.database() as connection:
        count = sum([await count_requests(connection, visit.city, one, writer.most_rows + 1) for one in asked])
    if count > writer.most_rows:
        raise TooManyRows
    if not count:
        raise NothingFound


async def _require_encodable(visit: Visit, asked: Sequence[Criteria], writer: CsvLines) -> None:
    if writer.encoding == "utf-8":
        return
    missing: set[str] = set()
    async for rows in _rows(visit, asked):
        missing |= await asyncio.to_thread(writer.missing, rows)
    if missing:
        raise NotInCp932.naming(missing)


async def _rows(visit: Visit, asked: Sequence[Criteria]) -> AsyncIterator[Sequence[Sequence[Cell]]]:
    """A few at a time, each time in a transaction of its own: nothing is held open while a browser is slow."""
    for criteria in asked:
        after: Place | None = None
        while True:
            async with visit.database() as connection:
                found = await find_requests(connection, visit.city, criteria, after, _AT_ONCE)
            if found:
                yield [cells(visit, row) for row in found]
                after = Place(found[-1]["accepted_at"], found[-1]["request_id"])
            if len(found) < _AT_ONCE:
                break


def _headers(visit: Visit, writer: TableWriter) -> dict[str, str]:
    name = f"history-{visit.now.astimezone(JST):%Y%m%d-%H%M%S}.{writer.suffix}"
    encoding = f"; charset={writer.encoding}" if isinstance(writer, CsvLines) else ""
    return {
        hdrs.CONTENT_TYPE: f"{writer.content_type}{encoding}".replace("cp932", "windows-31j"),
        hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"',
    }


async def _record(visit: Visit, reading: str, concerns: str, fields: Mapping[str, str]) -> None:
    async with visit.database() as connection:
        await visit.reads(connection, reading, concerns=concerns, person_number=fields.get("person_number"))


PAGES: Final = (Page("POST", "/history/export", HISTORY_READERS, _export),)
