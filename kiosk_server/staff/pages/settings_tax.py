"""年度切替: from which day a tax year is offered in place of the one before, seen before and after, and taken back with one act."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from aiohttp import web

from issuance_db.city_settings import CityRows, TaxYear, read_city
from issuance_db.coming_settings import set_coming, withdraw_tax_year
from kiosk_server.city_file.coming import tax_year_changes
from kiosk_server.staff.duties import SUPERVISORS
from kiosk_server.staff.page import Page
from kiosk_server.staff.settings_form import FieldWrong, day_of
from kiosk_server.staff.terms import TAX_KINDS
from kiosk_server.staff.visit import Visit

_FIRST_YEAR: Final = 2000
_LAST_YEAR: Final = 2100


@dataclass(frozen=True, slots=True)
class Switch:
    """From a JST day on these kinds offer a year (2026 is 令和8年度)."""

    kinds: Sequence[str]
    year: int
    start: date


async def _preview(visit: Visit) -> web.Response:
    switch = _switch(visit.form)
    async with visit.database() as connection:
        stored = await read_city(connection, visit.city)
    new = tax_year_changes(stored, switch.kinds, switch.year, switch.start, visit.today)
    ended = {(one.kind, one.year) for one in new.ended_tax_years}
    after = [one for one in stored.tax_years if (one.kind, one.year) not in ended]
    after += [*new.ended_tax_years, *new.added.tax_years]
    rows = [(kind, _offered(stored.tax_years, kind, switch), _offered(after, kind, switch)) for kind in switch.kinds]
    return visit.show("settings_tax_preview.html", switch=switch, rows=rows, fields=_fields(switch))


async def _set(visit: Visit) -> web.Response:
    switch, actor = _switch(visit.form), visit.actor()
    async with visit.database() as connection:
        stored: CityRows = await read_city(connection, visit.city)
        new = tax_year_changes(stored, switch.kinds, switch.year, switch.start, visit.today)
        concerns = f"tax_year {','.join(switch.kinds)} {switch.year} {switch.start}"
        await set_coming(connection, visit.city, new, actor, concerns=concerns)
    return visit.to("/settings", "setting_stored")


async def _withdraw(visit: Visit) -> web.Response:
    kind, year, actor = visit.form.get("kind", ""), _year(visit.form), visit.actor()
    async with visit.database() as connection:
        await withdraw_tax_year(connection, visit.city, (kind, year), visit.today, actor)
    return visit.to("/settings", "setting_withdrawn")


def _switch(form: Mapping[str, str]) -> Switch:
    kinds = [kind for kind in TAX_KINDS if f"kind_{kind}" in form]
    if not kinds:
        raise FieldWrong
    return Switch(kinds, _year(form), day_of(form.get("start", "")))


def _year(form: Mapping[str, str]) -> int:
    text = form.get("year", "")
    is_year = text.isascii() and text.isdecimal() and len(text) == len(str(_LAST_YEAR))
    if not is_year or not _FIRST_YEAR <= int(text) <= _LAST_YEAR:
        raise FieldWrong
    return int(text)


def _fields(switch: Switch) -> Mapping[str, str]:
    ticks = {f"kind_{kind}": "1" for kind in switch.kinds}
    return ticks | {"year": str(switch.year), "start": switch.start.isoformat()}


def _offered(years: Sequence[TaxYear], kind: str, switch: Switch) -> Sequence[int]:
    on = switch.start
    held = [one for one in years if one.kind == kind and one.start <= on and (one.until is None or one.until >= on)]
    return sorted((one.year for one in held), reverse=True)


PAGES: Final = (
    Page("POST", "/settings/tax-year/preview", SUPERVISORS, _preview),
    Page("POST", "/settings/tax-year", SUPERVISORS, _set),
    Page("POST", "/settings/tax-year/withdraw", SUPERVISORS, _withdraw),
)
