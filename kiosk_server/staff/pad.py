"""The screen that faces a resident: it asks for the clerk's code, then for a PIN, and knows no name and no number.

It needs no sign-in. The code is worth one entry of one PIN for some minutes, and the token that it is changed for no more.
"""

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from cardauth import CredentialKey, UserCertificateKey, UserIdKey
from civil.errors import KioskError
from issuance_db.credential_acts import set_pin
from issuance_db.credentials import CredentialNotRegistered, CredentialStoppedAlready, OfAnotherPerson
from issuance_db.pin_entries import CodeWrong, Row, end_entry, entry_of_pad, pair
from issuance_db.pins import PinAlreadyRegistered, PinNotRegistered
from issuance_db.staff_acts import Actor
from kiosk_server.staff.console import ROOT, Console
from kiosk_server.staff.cookies import PAD, Token, drop_token, new_token, read_token, set_token
from kiosk_server.staff.guard import NotOurForm, read_form
from kiosk_server.staff.identity import check_words
from kiosk_server.staff.pin_codes import code_digest
from kiosk_server.staff.screens import Screens
from kiosk_server.typed_credentials import PinOrUserIdMiswritten, hashed_pin

_PATH: Final = f"{ROOT}/pad"
_HINDRANCES: Final = (
    PinAlreadyRegistered, PinNotRegistered, CredentialNotRegistered, CredentialStoppedAlready, OfAnotherPerson,
)  # fmt: skip


class PinsDiffer(KioskError):
    """二回の入力が違います。もう一度、同じ数字を二回入力してください。 / The two entries differ. Type the same digits twice."""


class Pad:
    """Its routes."""

    def __init__(self, console: Console, screens: Screens) -> None:
        self._console = console
        self._screens = screens

    def add_to(self, app: web.Application) -> None:
        """Two pages at one address: the code, then the PIN."""
        app.router.add_get(_PATH, self._show)
        app.router.add_post(_PATH, self._pair)
        app.router.add_post(f"{_PATH}/pin", self._take)

    async def _show(self, request: web.Request) -> web.Response:
        token, entry = await self._here(request)
        if token is None or entry is None:
            return self._page(request, "code")
        response = self._page(request, entry["state"], token, change=entry["is_change"])
        if entry["state"] != "paired":
            drop_token(response, is_tls=self._console.is_tls, name=PAD)
        return response

    async def _pair(self, request: web.Request) -> web.Response:
        form = await read_form(request)
        city = form.get("city", self._console.cities[0])
        if city not in self._console.cities:
            raise CodeWrong
        token = new_token(city)
        try:
            async with self._console.database.city(city) as connection:
                digest = code_digest(form.get("code", ""))
                is_paired = await pair(connection, city, digest, token.digest, self._console.clock())
            if not is_paired:
                raise CodeWrong
        except KioskError as error:
            return self._page(request, "code", error=error)
        response = web.Response(status=303, headers={"Location": _PATH})
        set_token(response, token, is_tls=self._console.is_tls, name=PAD)
        return response

    async def _take(self, request: web.Request) -> web.Response:
        token = read_token(request, is_tls=self._console.is_tls, name=PAD)
        if token is None or token.municipality_code not in self._console.cities:
            raise NotOurForm
        form = await read_form(request, token)
        try:
            was_open = await self._register(token, form)
        except (PinsDiffer, PinOrUserIdMiswritten) as error:
            return self._page(request, "paired", token, error=error, change=bool(form.get("change")))
        return web.Response(status=303, headers={"Location": _PATH}) if was_open else self._page(request, "over")

    async def _register(self, token: Token, form: Mapping[str, str]) -> bool:
        """Whether the entry was still open. What hinders the PIN is told to the clerk, not on this screen."""
        if form.get("pin") != form.get("again"):
            raise PinsDiffer
        city, now = token.municipality_code, self._console.clock()
        try:
            async with self._console.database.city(city) as connection:
                entry = await entry_of_pad(connection, city, token.digest, now)
                if entry is None or entry["state"] != "paired":
                    return False
                key = _key(entry)
                hashed = hashed_pin(self._console.keys, city, key, form.get("pin", ""))
                who = Actor(entry["name"], check_words(entry["identity_check"]))
                of, change = entry["person_number"], entry["is_change"]
                await set_pin(connection, city, key, hashed, now, who, change=change, of=of)
                await end_entry(connection, city, token.digest)
        except _HINDRANCES as error:
            async with self._console.database.city(city) as connection:
                await end_entry(connection, city, token.digest, str(error))
        return True

    async def _here(self, request: web.Request) -> tuple[Token | None, Row | None]:
        token = read_token(request, is_tls=self._console.is_tls, name=PAD)
        if token is None or token.municipality_code not in self._console.cities:
            return None, None
        async with self._console.database.city(token.municipality_code) as connection:
            city, now = token.municipality_code, self._console.clock()
            return token, await entry_of_pad(connection, city, token.digest, now)

    def _page(
        self,
        request: web.Request,
        state: str,
        token: Token | None = None,
        *,
        error: KioskError | None = None,
        change: bool = False,
    ) -> web.Response:
        text = self._screens.draw_outside(
            "pad.html", request, state=state, error=error, change=change,
            cities=self._console.cities, form_token="" if token is None else token.form_token,
        )  # fmt: skip
        return web.Response(text=text, content_type="text/html", status=200 if error is None else 422)


def _key(entry: Row) -> CredentialKey:
    if entry["user_id"] is not None:
        return UserIdKey(entry["user_id"])
    return UserCertificateKey(entry["issuer_key_id"], entry["serial"])
