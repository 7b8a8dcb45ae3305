"""One's own passkeys: register, see and remove them. Each page asks the browser to sign a challenge of its own."""

from typing import Final

from aiohttp import web

from issuance_db.staff_passkeys import NoSuchPasskey, passkeys_of, remove_passkey
from issuance_db.staff_readings import record_sign_in
from kiosk_server.staff.accounts import release_a_passkey
from kiosk_server.staff.duties import ACCOUNT_RELEASERS, EVERYBODY
from kiosk_server.staff.page import Page
from kiosk_server.staff.passkey_acts import PasskeyActs, relying_party, required_party
from kiosk_server.staff.passkeys import LONGEST_NAME
from kiosk_server.staff.visit import Visit

_PATH: Final = "/passkeys"


async def _draw(visit: Visit) -> web.Response:
    party = relying_party(visit.console, visit.request)
    options = party and await PasskeyActs(visit.console).to_make(party, visit.token, visit.session)
    async with visit.database() as connection:
        rows = await passkeys_of(connection, visit.city, visit.session.account_id)
    return visit.show("passkeys.html", rows=rows, options=options, origin=visit.console.origin)


async def _add(visit: Visit) -> web.Response:
    party, name = required_party(visit.console, visit.request), visit.text("passkey_name", LONGEST_NAME)
    acts = PasskeyActs(visit.console)
    await acts.add(party, visit.token, visit.session, name, visit.form.get("credential", ""))
    return visit.to(_PATH, "passkey_added")


async def _remove(visit: Visit) -> web.Response:
    async with visit.database() as connection:
        await remove_passkey(connection, visit.city, visit.session.account_id, _id(visit))
        await record_sign_in(connection, visit.city, visit.session.account_id, "passkey_removed")
    return visit.to(_PATH, "passkey_removed")


async def _release(visit: Visit) -> web.Response:
    actor = visit.actor()
    async with visit.database() as connection:
        await release_a_passkey(connection, visit.city, _id(visit), actor)
    return visit.to("/accounts", "passkey_released")


def _id(visit: Visit) -> bytes:
    try:
        return bytes.fromhex(visit.form.get("passkey", ""))
    except ValueError:
        raise NoSuchPasskey from None


PAGES: Final = (
    Page("GET", _PATH, EVERYBODY, _draw),
    Page("POST", _PATH, EVERYBODY, _add),
    Page("POST", f"{_PATH}/remove", EVERYBODY, _remove),
    Page("POST", "/accounts/passkeys", ACCOUNT_RELEASERS, _release),
)
