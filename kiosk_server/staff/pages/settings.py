"""What the city has set, by date; a new fee or mayor (seals, hours, tax years and kinds given up beside it) is seen before and after, confirmed, and withdrawn while it is to come."""

import asyncio
import hashlib
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

import asyncpg
from aiohttp import web

from civil.errors import KioskError
from issuance_db.city import CitySettings, city_on
from issuance_db.city_settings import CityRows, MayorTerm, read_city
from issuance_db.coming_settings import set_coming, withdraw_fee, withdraw_mayor
from issuance_db.service_calendar import served_kinds, windows_on
from kiosk_server.city_file.coming import fee_changes, mayor_changes
from kiosk_server.city_file.printing import unprintable
from kiosk_server.staff.duties import CITY_STAFF, EVERYBODY, SUPERVISORS
from kiosk_server.staff.page import Entry, Page
from kiosk_server.staff.settings_form import FEE_FIELDS, LABELS, MAYOR_FIELDS, day_of, fee_of, kept, mayor_of
from kiosk_server.staff.terms import CHANNELS, KINDS, TAX_KINDS
from kiosk_server.staff.visit import Visit

ENTRY: Final = Entry("/settings", "市の設定", "City settings", EVERYBODY)
Settings = Mapping[tuple[str, str], CitySettings | None]


class Unprintable(KioskError):
    """この職名と氏名は証明書に印刷できません。長さと文字を確かめてください。何も変えていません。 /
    This title and name cannot be printed on a certificate. Check length and characters. Nothing was changed."""


class NoSuchSeal(KioskError):
    """その日からの公印は登録されていません。 / No seal is stored from that day on."""


async def _draw(visit: Visit) -> web.Response:
    on = _on(visit)
    async with visit.database() as connection:
        rows = await read_city(connection, visit.city)
        today, then = await _settings(connection, visit, visit.today), await _settings(connection, visit, on)
        served = await served_kinds(connection, visit.city)
        hours_now = await windows_on(connection, visit.city, served, visit.today, 1)
        hours_then = await windows_on(connection, visit.city, served, on, 1)
    some_today, some_then = _any(today), _any(then)
    return visit.show(
        "settings.html", rows=rows, today=visit.today, on=on, now=today, then=then, city_now=some_today, city_then=some_then,
        kinds=KINDS, channels=CHANNELS, labels=LABELS, served=served, hours_now=hours_now, hours_then=hours_then, tax_kinds=TAX_KINDS, tomorrow=visit.today + timedelta(days=1),
        may_act=visit.may(SUPERVISORS), one_day=timedelta(days=1), may_see_seal=visit.may(CITY_STAFF), digest=_digest,
    )  # fmt: skip


def _on(visit: Visit) -> date:
    try:
        return date.fromisoformat(visit.request.query["on"])
    except (KeyError, ValueError):
        return visit.today


async def _settings(connection: asyncpg.Connection, visit: Visit, on: date) -> Settings:
    """As an issuance of that day would find them: by the statement that issuing uses."""
    return {
        (kind, channel): await city_on(connection, visit.city, kind, channel, on)
        for kind in KINDS
        for channel in CHANNELS
    }


def _any(settings: Settings) -> CitySettings | None:
    return next(iter(settings.values()))


def _digest(image: bytes | None) -> str:
    return "-" if image is None else hashlib.sha256(image).hexdigest()[:16]


async def _seal(visit: Visit) -> web.Response:
    async with visit.database() as connection:
        seals = (await read_city(connection, visit.city)).seals
    image = next((seal.image for seal in seals if seal.start.isoformat() == visit.request.match_info["start"]), None)
    if image is None:
        raise NoSuchSeal
    return web.Response(body=image, content_type="image/png")


async def _preview_fee(visit: Visit) -> web.Response:
    fields = kept(visit.form, FEE_FIELDS)
    fee = fee_of(fields)
    async with visit.database() as connection:
        fee_changes(await read_city(connection, visit.city), fee, visit.today)
        before = await city_on(connection, visit.city, fee.kind, fee.channel, fee.start)
    return visit.show("setting_preview.html", what="fee", fields=fields, fee=fee, before=before)


async def _set_fee(visit: Visit) -> web.Response:
    fee, actor = fee_of(kept(visit.form, FEE_FIELDS)), visit.actor()
    async with visit.database() as connection:
        new = fee_changes(await read_city(connection, visit.city), fee, visit.today)
        await set_coming(connection, visit.city, new, actor, concerns=f"fee {fee.kind} {fee.channel} {fee.start}")
    return visit.to("/settings", "setting_stored")


async def _preview_mayor(visit: Visit) -> web.Response:
    fields = kept(visit.form, MAYOR_FIELDS)
    mayor = mayor_of(fields)
    async with visit.database() as connection:
        mayor_changes(await read_city(connection, visit.city), mayor, visit.today)
        before = _any(await _settings(connection, visit, mayor.start))
    await _require_printable(mayor)
    return visit.show("setting_preview.html", what="mayor", fields=fields, mayor=mayor, before=before)


async def _set_mayor(visit: Visit) -> web.Response:
    mayor, actor = mayor_of(kept(visit.form, MAYOR_FIELDS)), visit.actor()
    await _require_printable(mayor)
    async with visit.database() as connection:
        new = mayor_changes(await read_city(connection, visit.city), mayor, visit.today)
        await set_coming(connection, visit.city, new, actor, concerns=f"mayor {mayor.start}")
    return visit.to("/settings", "setting_stored")


async def _require_printable(mayor: MayorTerm) -> None:
    """A page is drawn with them, which takes a while: not in the way of others."""
    if await asyncio.to_thread(lambda: list(unprintable(CityRows(mayors=(mayor,))))):
        raise Unprintable


async def _withdraw_fee(visit: Visit) -> web.Response:
    fields, actor = kept(visit.form, ("kind", "channel", "start")), visit.actor()
    async with visit.database() as connection:
        place = fields["kind"], fields["channel"], day_of(fields["start"])
        await withdraw_fee(connection, visit.city, place, visit.today, actor)
    return visit.to("/settings", "setting_withdrawn")


async def _withdraw_mayor(visit: Visit) -> web.Response:
    fields, actor = kept(visit.form, ("start",)), visit.actor()
    async with visit.database() as connection:
        await withdraw_mayor(connection, visit.city, day_of(fields["start"]), visit.today, actor)
    return visit.to("/settings", "setting_withdrawn")


PAGES: Final = (
    Page("GET", "/settings", EVERYBODY, _draw),
    Page("GET", "/settings/seals/{start}", CITY_STAFF, _seal),
    Page("POST", "/settings/fee/preview", SUPERVISORS, _preview_fee),
    Page("POST", "/settings/fee", SUPERVISORS, _set_fee),
    Page("POST", "/settings/fee/withdraw", SUPERVISORS, _withdraw_fee),
    Page("POST", "/settings/mayor/preview", SUPERVISORS, _preview_mayor),
    Page("POST", "/settings/mayor", SUPERVISORS, _set_mayor),
    Page("POST", "/settings/mayor/withdraw", SUPERVISORS, _withdraw_mayor),
)
