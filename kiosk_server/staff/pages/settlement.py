"""Settlement: the centre's months, and taking its statements in."""

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import Final, Literal

from aiohttp import web

from civil.errors import KioskError
from issuance_db.settlement import centres
from issuance_db.settlement_months import months_of
from issuance_db.staff_acts import Actor, record_act
from kiosk_server.settling.table_file import Period
from kiosk_server.settling.tables import ENCODINGS, Encoding
from kiosk_server.settling.taking_in import read_file, take_in
from kiosk_server.staff.duties import SETTLEMENT_READERS, SETTLERS
from kiosk_server.staff.page import Entry, Page
from kiosk_server.staff.pages.settlement_set_up import LABELS, chosen_centre, layout_of
from kiosk_server.staff.uploads import read_upload
from kiosk_server.staff.visit import Visit
from sync.feeds import FileRefused

ENTRY: Final = Entry("/settlement", "精算・突合", "Settlement", SETTLEMENT_READERS)
MOST_BYTES: Final = 192 * 1024 * 1024
"""A million lines of a table with every column are about 150 MB."""
_MONTHS: Final = 13
_LENGTHS: Final[Mapping[str, Literal["day", "month"]]] = {"day": "day", "month": "month"}
_ENCODINGS: Final[Mapping[str, Encoding]] = {name: name for name in ENCODINGS}


class PeriodWrong(KioskError):
    """対象の日(月次はその月のどれかの日)を、カレンダーから選んでください。 / Choose the day, or for a month any day of it."""


class StatementRefused(KioskError):
    """ファイルに誤りがあり、何も取り込んでいません。 / The file is wrong, and nothing of it was taken in."""

    @classmethod
    def because(cls, refused: FileRefused) -> "StatementRefused":
        """With the place and the reason, in both languages."""
        ja, _, en = refused.reason.partition(" / ")
        label = LABELS.get(refused.item, (refused.item, refused.item))
        return cls(
            f"ファイルに誤りがあり、何も取り込んでいません。{refused.line}行目「{label[0]}」: {ja} / "
            f"The file is wrong, and nothing of it was taken in. Line {refused.line}, {label[1]}: {en or ja}"
        )


async def _draw(visit: Visit) -> web.Response:
    async with visit.database() as connection:
        named = await centres(connection, visit.city)
        chosen = visit.request.query.get("centre") or next(iter(named), "")
        months = await months_of(connection, visit.city, chosen, _first(visit.today), visit.today.replace(day=1))
    return visit.show(
        "settlement.html", centres=named, chosen=chosen, months=months, may_settle=visit.may(SETTLERS),
        most_megabytes=MOST_BYTES // 1024 // 1024,
    )  # fmt: skip


async def _take_in(visit: Visit) -> web.Response:
    try:
        return await _taken_in(visit)
    except FileRefused as refused:
        raise StatementRefused.because(refused) from None


async def _taken_in(visit: Visit) -> web.Response:
    async with visit.console.one_upload:
        upload = await read_upload(visit, MOST_BYTES)
        form = upload.visit.form
        period, encoding = _period(form), _ENCODINGS.get(form.get("encoding", ""), "")
        async with visit.database() as connection:
            caller = await chosen_centre(connection, visit.city, form.get("centre", ""))
            layout = await layout_of(connection, visit.city, caller)
        # A large table takes many seconds to read; other pages go on meanwhile.
        file = await asyncio.to_thread(read_file, upload.content, layout, period, encoding)
        async with visit.database() as connection:
            done = await take_in(
                connection, (visit.city, caller), file, visit.now,
                is_correction="correction" in form, even_if_many="many" in form,
            )  # fmt: skip
            if done.imported.is_new:
                key = done.imported.key
                actor = Actor(visit.session.name, "明細の取込み / statement taken in")
                concerns = f"{caller} {period.length} {key.statement_on} {key.edition}"
                await record_act(connection, visit.city, "statement_imported", actor, concerns=concerns)
    said = "statement_taken" if done.imported.is_new else "statement_known"
    return visit.to(f"/settlement/{caller}/{period.first:%Y-%m}", said)


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
