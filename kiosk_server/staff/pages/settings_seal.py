"""The official seal from a day on: the image is looked at in a process of its own, seen beside the one before, and confirmed."""

from typing import Final

from aiohttp import web

from issuance_db.city import city_on
from issuance_db.city_settings import SealTerm, read_city
from issuance_db.coming_settings import set_coming, withdraw_seal
from issuance_db.proposed_seals import forget_proposed_seal, propose_seal, proposed_seal
from kiosk_server.city_file.coming import seal_changes
from kiosk_server.staff.duties import SUPERVISORS
from kiosk_server.staff.page import Page
from kiosk_server.staff.seal_check import FEW_PIXELS, look_at_seal
from kiosk_server.staff.settings_form import day_of, kept
from kiosk_server.staff.terms import CHANNELS, KINDS
from kiosk_server.staff.uploads import read_upload
from kiosk_server.staff.visit import Visit

MOST_BYTES: Final = 1024 * 1024
_PROPOSED: Final = "/settings/proposed-seal"


async def _preview(visit: Visit) -> web.Response:
    upload = await read_upload(visit, MOST_BYTES)
    seal = SealTerm(day_of(upload.visit.form.get("start", "")), None, upload.content)
    async with visit.database() as connection:
        seal_changes(await read_city(connection, visit.city), seal, visit.today)
        # Of any kind: the seal is the city's.
        before = await city_on(connection, visit.city, next(iter(KINDS)), next(iter(CHANNELS)), seal.start)
    async with visit.console.one_sheet:
        seen = await look_at_seal(seal.image)
    async with visit.database() as connection:
        await propose_seal(connection, visit.city, visit.token.digest, seal)
    return visit.show("settings_seal_preview.html", seal=seal, before=before, seen=seen, few=FEW_PIXELS)


async def _image(visit: Visit) -> web.Response:
    async with visit.database() as connection:
        seal = await proposed_seal(connection, visit.city, visit.token.digest)
    return web.Response(body=seal.image, content_type="image/png")


async def _set(visit: Visit) -> web.Response:
    actor = visit.actor()
    async with visit.database() as connection:
        seal = await proposed_seal(connection, visit.city, visit.token.digest)
        new = seal_changes(await read_city(connection, visit.city), seal, visit.today)
        await set_coming(connection, visit.city, new, actor, concerns=f"official_seal {seal.start}")
        await forget_proposed_seal(connection, visit.city, visit.token.digest)
    return visit.to("/settings", "setting_stored")


async def _withdraw(visit: Visit) -> web.Response:
    fields, actor = kept(visit.form, ("start",)), visit.actor()
    async with visit.database() as connection:
        await withdraw_seal(connection, visit.city, day_of(fields["start"]), visit.today, actor)
    return visit.to("/settings", "setting_withdrawn")


PAGES: Final = (
    Page("GET", _PROPOSED, SUPERVISORS, _image),
    Page("POST", "/settings/seal/preview", SUPERVISORS, _preview, is_upload=True),
    Page("POST", "/settings/seal", SUPERVISORS, _set),
    Page("POST", "/settings/seal/withdraw", SUPERVISORS, _withdraw),
)
