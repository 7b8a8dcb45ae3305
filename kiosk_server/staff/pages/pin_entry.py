"""A resident types a PIN on a screen of their own; the clerk's page shows the code that pairs it, and what became of it."""

import secrets
from typing import Final

import asyncpg
from aiohttp import web

from cardauth import CredentialKey, credential_index
from civil.errors import KioskError
from issuance_db.at_counter import pins_of
from issuance_db.credential_acts import in_use
from issuance_db.pin_entries import PAIRED_WITHIN, NewEntry, Row, begin_entry, cancel_entry, entry_of_clerk
from issuance_db.pins import PinAlreadyRegistered, PinNotRegistered
from kiosk_server.staff.duties import COUNTER_STAFF
from kiosk_server.staff.identity import checked_by
from kiosk_server.staff.opened import PATH, back, opened_resident
from kiosk_server.staff.page import Page
from kiosk_server.staff.pages.credentials import key_of
from kiosk_server.staff.pin_codes import code_digest, code_of
from kiosk_server.staff.visit import Visit

_ENTRY: Final = f"{PATH}/pin/{{entry}}"


class NoSuchEntry(KioskError):
    """この暗証番号の入力はありません。住民の画面からやり直してください。 / There is no such entry of a PIN. Begin again from the resident's page."""


async def _begin(visit: Visit) -> web.Response:
    check, key, change = checked_by(visit), key_of(visit), bool(visit.form.get("change"))
    entry_id = secrets.token_urlsafe(12)
    async with visit.database() as connection:
        number = await opened_resident(visit, connection)
        await in_use(connection, key, visit.now, number)
        await _require_pin(visit, connection, key, change=change)
        digest = code_digest(code_of(visit.token, entry_id))
        entry = NewEntry(entry_id, visit.token.digest, digest, number, key, change, check)
        await begin_entry(connection, visit.city, entry, visit.now)
    return visit.to(f"/residents/{visit.request.match_info['opened']}/pin/{entry_id}")


async def _require_pin(visit: Visit, connection: asyncpg.Connection, key: CredentialKey, *, change: bool) -> None:
    """Told before the resident has typed anything; what registers the PIN asks again."""
    index = credential_index(visit.console.keys, visit.city, key)
    is_registered = (await pins_of(connection, visit.city, [index]))[index.first]["registered_at"] is not None
    if change and not is_registered:
        raise PinNotRegistered
    if is_registered and not change:
        raise PinAlreadyRegistered


async def _draw(visit: Visit) -> web.Response:
    entry = await _entry(visit)
    code = code_of(visit.token, entry["entry_id"])
    return visit.show(
        "pin_entry.html", entry=entry, code=f"{code[:4]} {code[4:]}", minutes=int(PAIRED_WITHIN.total_seconds() // 60),
        opened=visit.request.match_info["opened"], pad=f"{visit.request.url.origin()}/staff/pad",
    )  # fmt: skip


async def _state(visit: Visit) -> web.Response:
    return web.json_response({"state": (await _entry(visit))["state"]})


async def _cancel(visit: Visit) -> web.Response:
    entry = await _entry(visit)
    async with visit.database() as connection:
        await cancel_entry(connection, visit.city, entry["entry_id"], visit.token.digest)
    return back(visit, "pin_entry_cancelled")


async def _entry(visit: Visit) -> Row:
    entry_id = visit.request.match_info["entry"]
    async with visit.database() as connection:
        entry = await entry_of_clerk(connection, visit.city, entry_id, visit.token.digest, visit.now)
    if entry is None:
        raise NoSuchEntry
    return entry


PAGES: Final = (
    Page("POST", f"{PATH}/pin", COUNTER_STAFF, _begin),
    Page("GET", _ENTRY, COUNTER_STAFF, _draw),
    Page("GET", f"{_ENTRY}/state", COUNTER_STAFF, _state),
    Page("POST", f"{_ENTRY}/cancel", COUNTER_STAFF, _cancel),
)
