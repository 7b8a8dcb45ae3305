"""The pages around signing in. Which of them is next follows from the session alone."""

from typing import Final

from aiohttp import web

from civil.errors import KioskError
from issuance_db.staff_sessions import StaffSession
from keys.errors import SealBroken
from kiosk_server.staff.console import ROOT, Console
from kiosk_server.staff.cookies import Token, drop_token, set_token
from kiosk_server.staff.guard import read_form, signed_in
from kiosk_server.staff.passkey_acts import Factors, PasskeyActs, relying_party
from kiosk_server.staff.passwords import WeakPassword
from kiosk_server.staff.screens import Screens
from kiosk_server.staff.second_factor import new_secret, picture, sealed, typed, unsealed
from kiosk_server.staff.sign_in import NotSignedIn, PasswordsDiffer, SignIn

SIGN_IN: Final = "/sign-in"
CODE: Final = "/code"
ENROL: Final = "/code/new"
PASSWORD: Final = "/password"  # noqa: S105 - a path
SIGN_OUT: Final = "/sign-out"


def next_path(session: StaffSession | None) -> str | None:
    """Where somebody must go before anything else, or None."""
    if session is None:
        return SIGN_IN
    if not session.is_whole:
        return CODE if session.has_second_factor else ENROL
    return PASSWORD if session.password_is_initial else None


class Entrance:
    """Routes that need no whole session."""

    def __init__(self, console: Console, screens: Screens) -> None:
        self._console = console
        self._screens = screens
        self._sign_in = SignIn(console)

    def add_to(self, app: web.Application) -> None:
        """GET and POST of each."""
        for path, show, act in (
            (SIGN_IN, self._show_sign_in, self._with_password),
            (CODE, self._show_code, self._with_code),
            (ENROL, self._show_enrol, self._enrol),
            (PASSWORD, self._show_password, self._change_password),
        ):
            app.router.add_get(f"{ROOT}{path}", show)
            app.router.add_post(f"{ROOT}{path}", act)
        app.router.add_post(f"{ROOT}{SIGN_OUT}", self._sign_out)

    async def _show_sign_in(self, request: web.Request) -> web.Response:
        return self.page(request, "sign_in.html")

    async def _with_password(self, request: web.Request) -> web.Response:
        form = await read_form(request)
        try:
            token = await self._sign_in.with_password(
                form.get("city", self._console.cities[0]), form.get("account", ""), form.get("password", "")
            )
        except NotSignedIn as error:
            return self.page(request, "sign_in.html", error=error, status=403)
        return self.go("", token)

    async def _show_code(self, request: web.Request) -> web.Response:
        token, session = await self.here(request, CODE)
        return self.page(request, "code.html", token, factors=await self._factors(request, token, session))

    async def _with_code(self, request: web.Request) -> web.Response:
        token, session = await self.here(request, CODE)
        form = await read_form(request, token)
        try:
            return self.go("", await self._sign_in.with_code(token, session, _digits(form.get("code", ""))))
        except NotSignedIn as error:
            return self.page(request, "sign_in.html", error=error, status=403)

    async def _show_enrol(self, request: web.Request) -> web.Response:
        token, session = await self.here(request, ENROL)
        return await self.enrol_page(request, token, session)

    async def _enrol(self, request: web.Request) -> web.Response:
        token, session = await self.here(request, ENROL)
        form = await read_form(request, token)
        secret = self._unsealed(token, session, form.get("secret", ""))
        try:
            return self.go("", await self._sign_in.enrol(token, session, secret, _digits(form.get("code", ""))))
        except NotSignedIn as error:
            return await self.enrol_page(request, token, session, error, secret)

    async def _show_password(self, request: web.Request) -> web.Response:
        token, _ = await self._whole(request)
        return self.page(request, "password.html", token)

    async def _change_password(self, request: web.Request) -> web.Response:
        token, session = await self._whole(request)
        form = await read_form(request, token)
        try:
            return self.go("?said=password_changed", await self._sign_in.change_password(token, session, form))
        except (NotSignedIn, PasswordsDiffer, WeakPassword) as error:
            return self.page(request, "password.html", token, error=error, status=422)

    async def _sign_out(self, request: web.Request) -> web.Response:
        token, session = await self._any(request)
        await read_form(request, token)
        await self._sign_in.sign_out(token, session)
        response = web.Response(status=303, headers={"Location": f"{ROOT}{SIGN_IN}"})
        drop_token(response, is_tls=self._console.is_tls)
        return response

    async def _any(self, request: web.Request) -> tuple[Token, StaffSession]:
        found = await signed_in(self._console, request)
        if found is None:
            raise web.HTTPSeeOther(f"{ROOT}{SIGN_IN}")
        return found

    async def _factors(self, request: web.Request, token: Token, session: StaffSession) -> Factors:
        return await PasskeyActs(self._console).factors(relying_party(self._console, request), token, session)

    async def here(self, request: web.Request, path: str) -> tuple[Token, StaffSession]:
        """Whose session it is, if that page is next for it; sends the browser to the one that is."""
        token, session = await self._any(request)
        if next_path(session) != path:
            raise web.HTTPSeeOther(f"{ROOT}{next_path(session) or ''}")
        return token, session

    async def _whole(self, request: web.Request) -> tuple[Token, StaffSession]:
        token, session = await self._any(request)
        if next_path(session) not in {None, PASSWORD}:
            raise web.HTTPSeeOther(f"{ROOT}{next_path(session)}")
        return token, session

    def _unsealed(self, token: Token, session: StaffSession, kept: str) -> bytes:
        try:
            return unsealed(self._console.keys, token.municipality_code, session.account_id, bytes.fromhex(kept))
        except (ValueError, SealBroken):
            raise web.HTTPSeeOther(f"{ROOT}{ENROL}") from None

    async def enrol_page(
        self,
        request: web.Request,
        token: Token,
        session: StaffSession,
        error: KioskError | None = None,
        secret: bytes | None = None,
    ) -> web.Response:
        """Both ways to register a second factor; ``secret`` of codes that were shown before, or a new one."""
        secret = new_secret() if secret is None else secret
        party = relying_party(self._console, request)
        options = party and await PasskeyActs(self._console).to_make(party, token, session)
        kept = sealed(self._console.keys, token.municipality_code, session.account_id, secret)
        return self.page(
            request, "enrol.html", token, error=error, status=200 if error is None else 403,
            kept=kept.hex(), typed=typed(secret), picture=picture(secret, session.account_id), options=options,
        )  # fmt: skip

    def page(
        self,
        request: web.Request,
        template: str,
        token: Token | None = None,
        *,
        error: KioskError | None = None,
        status: int = 200,
        **values: object,
    ) -> web.Response:
        """A page before anybody is signed in, or after."""
        values |= {
            "error": error,
            "form_token": "" if token is None else token.form_token,
            "cities": self._console.cities,
        }
        text = self._screens.draw_outside(template, request, **values)
        return web.Response(text=text, content_type="text/html", status=status)

    def go(self, path: str, token: Token) -> web.Response:
        """Send the browser on with a new token."""
        response = web.Response(status=303, headers={"Location": f"{ROOT}{path}"})
        set_token(response, token, is_tls=self._console.is_tls)
        return response


def _digits(code: str) -> str:
    return "".join(code.split())
