"""A person of the resident registry as they are and as they were, with their household."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from aiohttp import web

from civil.calendar import jst_midnight
from civil.errors import KioskError
from kiosk_server.staff.duties import COUNTER_STAFF, PROTECTION_KEEPERS, RESIDENT_READERS
from kiosk_server.staff.page import Page
from kiosk_server.staff.register import inquirer, opened_registered, registering, show_registered
from kiosk_server.staff.register_form import entry_kinds, kinds_for
from kiosk_server.staff.register_words import items_shown
from kiosk_server.staff.visit import Visit
from registry.residents import (
    EVENT_KINDS,
    HistoryRow,
    PersonHistory,
    WrittenBy,
    city_transaction,
    look_at_household,
    look_at_person,
    measure_of,
    papers_of,
    temporary_releases,
)

Written = tuple[HistoryRow, WrittenBy]


class NoSuchRow(KioskError):
    """その履歴番号・日付の記録はありません。履歴の表から選び直してください。 / There is no row of that number or day. Choose from the history."""


async def _draw(visit: Visit) -> web.Response:
    number, purpose = await opened_registered(visit)
    asker = inquirer(visit, purpose)
    async with registering(visit) as register:
        history = await look_at_person(register, visit.city, number, asker, visit.now)
        shown, by, until = _chosen(visit, history)
        home = shown.record.household_number
        members = await look_at_household(register, visit.city, home, asker, visit.now, at=until)
        async with city_transaction(register, visit.city):
            papers = await papers_of(register, visit.city, number)
            releases = await temporary_releases(register, visit.city, [number])
    return await show_registered(
        visit, "register_person.html", history=history, shown=shown, by=by, is_past=until is not None, members=members, purpose=purpose,
        opened=visit.request.match_info["opened"], items=items_shown(shown.record, visit.language), kinds_by_code=EVENT_KINDS,
        hidden=asker.hidden, papers=papers, measure=measure_of(history.current.record, visit.today), releases=releases, may_release=visit.may(PROTECTION_KEEPERS), may_act=visit.may(COUNTER_STAFF), kinds=kinds_for(history.current.record),
        joining=entry_kinds() if history.current.record.in_register else [],
    )  # fmt: skip


def _chosen(visit: Visit, history: PersonHistory) -> tuple[HistoryRow, WrittenBy, datetime | None]:
    """The row of a history number, or the one in force at the end of a day; now otherwise. With the instant of its household."""
    at, typed = visit.request.query.get("at", ""), visit.request.query.get("row", "")
    rows: Sequence[Written] = history.rows
    if not at and not typed:
        return *rows[-1], None
    try:
        until = jst_midnight(date.fromisoformat(at) + timedelta(days=1)) - timedelta.resolution if at else None
        number = int(typed or 0)
    except (ValueError, OverflowError):
        raise NoSuchRow from None
    fitting = [one for one in rows if (until and one[1].recorded_at <= until) or one[0].history_number == number]
    if not fitting:
        raise NoSuchRow
    row, by = fitting[-1]
    return row, by, until or by.recorded_at


PAGES: Final = (Page("GET", "/registry/person/{opened}", RESIDENT_READERS, _draw),)
