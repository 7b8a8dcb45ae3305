"""The service calendar: what each kind's hours are on each day, a new week from a day on, and days unlike their week."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from aiohttp import web

from issuance_db.service_calendar import (
    Days,
    NothingToWithdraw,
    SpecialDays,
    WeekPlan,
    add_plan,
    add_special,
    list_calendar,
    served_kinds,
    tried,
    windows_on,
    withdraw_plan,
    withdraw_special,
)
from kiosk_server.staff.duties import EVERYBODY, SUPERVISORS
from kiosk_server.staff.hours_form import as_fields, clock, plan_of, special_of
from kiosk_server.staff.page import Page
from kiosk_server.staff.terms import WEEKDAYS
from kiosk_server.staff.visit import Visit

PATH: Final = "/settings/hours"
_MOST: Final = 50
_MOST_ROWS: Final = 200
_WEEK: Final = 7
_MOST_YEARS: Final = 50


async def _draw(visit: Visit) -> web.Response:
    on = _on(visit)
    async with visit.database() as connection:
        kinds = await served_kinds(connection, visit.city)
        found = await windows_on(connection, visit.city, kinds, on, _WEEK)
        week = await windows_on(connection, visit.city, kinds[:1], visit.today, _WEEK)
        plans, specials = await list_calendar(connection, visit.city, _MOST)
    return visit.show(
        "settings_hours.html", on=on, days=[on + timedelta(days=number) for number in range(_WEEK)], kinds=kinds, found=found,
        usual=_usual(week), plans=plans, specials=specials, today=visit.today, weekdays=WEEKDAYS, may_act=visit.may(SUPERVISORS),
        before=on - timedelta(days=_WEEK), after=on + timedelta(days=_WEEK),
    )  # fmt: skip


def _on(visit: Visit) -> date:
    try:
        on = date.fromisoformat(visit.request.query["on"])
    except (KeyError, ValueError):
        return visit.today
    return on if abs(on.year - visit.today.year) <= _MOST_YEARS else visit.today


def _usual(week: Days) -> Mapping[int, tuple[str, str]]:
    """What the fields of a new week begin with: the hours of the next seven days."""
    return {day.isoweekday(): (clock(windows[0][0]), clock(windows[-1][1])) for (_, day), windows in week.items()}


async def _preview_plan(visit: Visit) -> web.Response:
    plan = plan_of(visit.form, visit.today)
    return await _preview(visit, plan, "plan", _WEEK)


async def _preview_special(visit: Visit) -> web.Response:
    days = special_of(visit.form, visit.today)
    return await _preview(visit, days, "special", (days.last_on - days.first_on).days + 1)


async def _preview(visit: Visit, change: WeekPlan | SpecialDays, what: str, days: int) -> web.Response:
    async with visit.database() as connection:
        now = await windows_on(connection, visit.city, change.kinds, change.first_on, days)
        then = await tried(connection, visit.city, change, days)
    each = [(kind, change.first_on + timedelta(days=number)) for kind in change.kinds for number in range(days)]
    rows = [(kind, day, now.get((kind, day), ()), then.get((kind, day), ())) for kind, day in each]
    return visit.show(
        "settings_hours_preview.html", what=what, change=change, fields=as_fields(change), rows=rows[:_MOST_ROWS],
        more=len(rows) - _MOST_ROWS,
    )  # fmt: skip


async def _set_plan(visit: Visit) -> web.Response:
    plan, actor = plan_of(visit.form, visit.today), visit.actor()
    async with visit.database() as connection:
        await add_plan(connection, visit.city, plan, actor)
    return visit.to(PATH, "setting_stored")


async def _set_special(visit: Visit) -> web.Response:
    days, actor = special_of(visit.form, visit.today), visit.actor()
    async with visit.database() as connection:
        await add_special(connection, visit.city, days, actor)
    return visit.to(PATH, "setting_stored")


async def _withdraw_plan(visit: Visit) -> web.Response:
    number, actor = visit.number("number", NothingToWithdraw), visit.actor()
    async with visit.database() as connection:
        await withdraw_plan(connection, visit.city, number, actor, visit.now)
    return visit.to(PATH, "setting_withdrawn")


async def _withdraw_special(visit: Visit) -> web.Response:
    number, actor = visit.number("number", NothingToWithdraw), visit.actor()
    async with visit.database() as connection:
        await withdraw_special(connection, visit.city, number, actor, visit.now, visit.today)
    return visit.to(PATH, "setting_withdrawn")


PAGES: Final = (
    Page("GET", PATH, EVERYBODY, _draw),
    Page("POST", f"{PATH}/plan/preview", SUPERVISORS, _preview_plan),
    Page("POST", f"{PATH}/plan", SUPERVISORS, _set_plan),
    Page("POST", f"{PATH}/special/preview", SUPERVISORS, _preview_special),
    Page("POST", f"{PATH}/special", SUPERVISORS, _set_special),
    Page("POST", f"{PATH}/plan/{{number}}/withdraw", SUPERVISORS, _withdraw_plan),
    Page("POST", f"{PATH}/special/{{number}}/withdraw", SUPERVISORS, _withdraw_special),
)
