"""Settlement: the centre's months, and taking its statements in."""

import asyncio
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Final, Literal

from aiohttp import web

from civil.errors import KioskError
from issuance_db.settlement import centres
from issuance_db.settlement_months import months_of
from issuance_db.statement_jobs import begin_job, newest_jobs
from kiosk_server.settling.table_file import Period
from kiosk_server.settling.tables import ENCODINGS, Encoding
from kiosk_server.staff.duties import SETTLEMENT_READERS, SETTLERS
from kiosk_server.staff.page import Entry, Page
from kiosk_server.staff.pages.settlement_set_up import chosen_centre, layout_of
from kiosk_server.staff.statement_jobs import Order, carry_out
from kiosk_server.staff.uploads import Upload, read_upload
from kiosk_server.staff.visit import Visit

ENTRY: Final = Entry("/settlement", "精算・突合", "Settlement", SETTLEMENT_READERS)
MOST_BYTES: Final = 192 * 1024 * 1024
"""A million lines of a table with every column are about 150 MB."""
AT_ONCE_SECONDS: Final = 5.0
"""A file that takes no longer is answered with what came of it."""
TURN_SECONDS: Final = 20.0
_MONTHS: Final = 13
_JOBS: Final = 10
_LENGTHS: Final[Mapping[str, Literal["day", "month"]]] = {"day": "day", "month": "month"}
_ENCODINGS: Final[Mapping[str, Encoding]] = {name: name for name in ENCODINGS}


class PeriodWrong(KioskError):
    """対象の日(月次はその月のどれかの日)を、カレンダーから選んでください。 / Choose the day, or for a month any day of it."""


class ImportUnderWay(KioskError):
    """ほかのファイルを取り込んでいます。終わってから、もう一度送ってください(この画面の「取込みの状況」)。 /
    Another file is being taken in. Send this one after its end; this page says how far it is."""


async def _draw(visit: Visit) -> web.Response:
    async with visit.database() as connection:
        named = await centres(connection, visit.city)
        chosen = visit.request.query.get("centre") or next(iter(named), "")
        months = await months_of(connection, visit.city, chosen, _first(visit.today), visit.today.replace(day=1))
        jobs = await newest_jobs(connection, visit.city, chosen, _JOBS)
    return visit.show(
        "settlement.html", jobs=jobs, centres=named, chosen=chosen, months=months, may_settle=visit.may(SETTLERS),
        most_bytes=MOST_BYTES,
    )  # fmt: skip


async def _take_in(visit: Visit) -> web.Response:
    turn = visit.console.one_upload
    try:
        async with asyncio.timeout(TURN_SECONDS):
            await turn.acquire()
    except TimeoutError:
        raise ImportUnderWay from None
    try:
        order = await _order(await read_upload(visit, MOST_BYTES))
        task = visit.console.jobs.start(carry_out(visit.console, order))
    except BaseException:
        turn.release()
        raise
    task.add_done_callback(lambda _: turn.release())
    await asyncio.wait({task}, timeout=AT_ONCE_SECONDS)
    if not task.done():
        return visit.to(f"/settlement/jobs/{order.job_id}")
    said = "statement_taken" if task.result() else "statement_known"
    return visit.to(f"/settlement/{order.caller_id}/{order.period.first:%Y-%m}", said)


async def _order(upload: Upload) -> Order:
    visit, content = upload.visit, upload.content
    form, period = visit.form, _period(visit.form)
    async with visit.database() as connection:
        caller = await chosen_centre(connection, visit.city, form.get("centre", ""))
        layout, file = await layout_of(connection, visit.city, caller), (len(content), sha256(content).digest())
        job_id = await begin_job(
            connection, visit.city, caller, (period.length, period.first), file, visit.session.name
        )
    return Order(
        job_id, visit.city, caller, period, content, layout, _ENCODINGS.get(form.get("encoding", ""), ""),
        visit.session.name, is_correction="correction" in form, even_if_many="many" in form,
    )  # fmt: skip


def _period(form: Mapping[str, str]) -> Period:
    try:
        length, day = _LENGTHS[form.get("length", "")], date.fromisoformat(form.get("on", ""))
    except (KeyError, ValueError):
        raise PeriodWrong from None
    return Period(length, day if length == "day" else day.replace(day=1))


def _first(today: date) -> date:
    months = today.year * 12 + today.month - _MONTHS
    return date(months // 12, months % 12 + 1, 1)


PAGES: Final = (
    Page("GET", "/settlement", SETTLEMENT_READERS, _draw),
    Page("POST", "/settlement/statements", SETTLERS, _take_in, is_upload=True),
)
