"""A kind that the city gives up: its last day, seen with what is asked of it now, and taken back with one act until that day is over."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from aiohttp import web

from issuance_db.city_settings import Retirement, read_city
from issuance_db.coming_settings import set_coming, withdraw_retirement
from issuance_db.stop_effects import LATELY, effects_of
from issuance_db.stops import Scope
from kiosk_server.city_file.coming import retirement_changes
from kiosk_server.staff.duties import SUPERVISORS
from kiosk_server.staff.page import Page
from kiosk_server.staff.settings_form import FieldWrong, day_of, kept
from kiosk_server.staff.terms import KINDS
from kiosk_server.staff.visit import Visit

_FIELDS: Final = ("kind", "last_day")
_LAST_YEAR: Final = 2100


async def _preview(visit: Visit) -> web.Response:
    fields = kept(visit.form, _FIELDS)
    retirement = _retirement(fields)
    async with visit.database() as connection:
        retirement_changes(await read_city(connection, visit.city), retirement, visit.today)
        effects = await effects_of(connection, visit.city, Scope(retirement.kind), visit.now)
    return visit.show(
        "setting_preview.html", what="retirement", fields=fields, retirement=retirement, effects=effects, days=LATELY.days,
        refused_from=retirement.last_day + timedelta(days=1),
    )  # fmt: skip


async def _set(visit: Visit) -> web.Response:
    retirement, actor = _retirement(kept(visit.form, _FIELDS)), visit.actor()
    async with visit.database() as connection:
        new = retirement_changes(await read_city(connection, visit.city), retirement, visit.today)
        concerns = f"retirement {retirement.kind} {retirement.last_day}"
        await set_coming(connection, visit.city, new, actor, concerns=concerns)
    return visit.to("/settings", "setting_stored")


async def _withdraw(visit: Visit) -> web.Response:
    kind, actor = kept(visit.form, ("kind",))["kind"], visit.actor()
    async with visit.database() as connection:
        await withdraw_retirement(connection, visit.city, kind, visit.today, actor)
    return visit.to("/settings", "setting_withdrawn")


def _retirement(fields: Mapping[str, str]) -> Retirement:
    retirement = Retirement(fields["kind"], day_of(fields["last_day"]))
    if retirement.kind not in KINDS or retirement.last_day.year > _LAST_YEAR:
        raise FieldWrong
    return retirement


PAGES: Final = (
    Page("POST", "/settings/retirement/preview", SUPERVISORS, _preview),
    Page("POST", "/settings/retirement", SUPERVISORS, _set),
    Page("POST", "/settings/retirement/withdraw", SUPERVISORS, _withdraw),
)
