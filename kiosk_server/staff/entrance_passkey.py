"""The two forms with a passkey on the way in: instead of a code, and as a first second factor."""

from typing import Final

from aiohttp import web

from civil.text import require_printable
from issuance_db.staff_passkeys import PasskeyTaken
from kiosk_server.staff.console import ROOT, Console
from kiosk_server.staff.entrance import CODE, ENROL, Entrance
from kiosk_server.staff.guard import read_form
from kiosk_server.staff.passkey_acts import NotHere, PasskeyActs, required_party
from kiosk_server.staff.passkeys import LONGEST_NAME, PasskeyRefused
from kiosk_server.staff.sign_in import NotSignedIn

SIGN: Final = "/code/passkey"
MAKE: Final = "/code/passkey/new"


class PasskeyEntrance:
    """Routes of a half session; the pages that carry their forms are the entrance's."""

    def __init__(self, console: Console, entrance: Entrance) -> None:
        self._console = console
        self._entrance = entrance
        self._acts = PasskeyActs(console)

    def add_to(self, app: web.Application) -> None:
        """POST only."""
        app.router.add_post(f"{ROOT}{SIGN}", self._sign)
        app.router.add_post(f"{ROOT}{MAKE}", self._make)

    async def _sign(self, request: web.Request) -> web.Response:
        token, session = await self._entrance.here(request, CODE)
        form = await read_form(request, token)
        try:
            party = required_party(self._console, request)
            return self._entrance.go("", await self._acts.sign_in(party, token, session, form.get("credential", "")))
        except (NotSignedIn, NotHere) as error:
            return self._entrance.page(request, "sign_in.html", error=error, status=403)

    async def _make(self, request: web.Request) -> web.Response:
        token, session = await self._entrance.here(request, ENROL)
        form = await read_form(request, token)
        try:
            party = required_party(self._console, request)
            name = require_printable("パスキーの名前", form.get("passkey_name", "").strip() or "1", LONGEST_NAME)
            made = await self._acts.enrol(party, token, session, name, form.get("credential", ""))
        except (NotSignedIn, NotHere, PasskeyRefused, PasskeyTaken) as error:
            return await self._entrance.enrol_page(request, token, session, error)
        return self._entrance.go("", made)
