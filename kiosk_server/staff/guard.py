"""What comes before every page: our own host and origin, the session, the duty, the form's token. Headers come after."""

from collections.abc import Mapping
from typing import Final

from aiohttp import hdrs, web

from civil.calendar import jst_date
from civil.errors import KioskError
from issuance_db.staff_sessions import StaffSession, look_at_session, watch_session
from kiosk_server.server_urls import is_loopback
from kiosk_server.staff.console import Console
from kiosk_server.staff.cookies import LANGUAGE, Token, read_token
from kiosk_server.staff.words import ASKED_FOR, language_of

HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), usb=()",
    # With no-referrer a browser hides the origin of our own forms too, and they would be refused below.
    "Referrer-Policy": "same-origin",
    "Server": "kiosk",
    "X-Content-Type-Options": "nosniff",
}
_HTTPS_ONLY: Final = "max-age=31536000"
_OUR_FETCHES: Final = frozenset({"same-origin", "none"})
_READING: Final = frozenset({hdrs.METH_GET, hdrs.METH_HEAD})
FORM_TOKEN: Final = "form_token"  # noqa: S105 - the name of a field
MOST_FORM_BYTES: Final = 64 * 1024
"""No form of the console is larger; files come another way."""


class NotOurForm(KioskError):
    """この画面からの操作ではないため、行いませんでした。画面を開き直して、もう一度操作してください。 /
    This did not come from a page of this session, so nothing was done. Open the page anew and try again."""


def require_ours(request: web.Request, *, is_tls: bool) -> None:
    """Refuse what another site sends, and on the loopback every name but this machine's own (DNS rebinding). Raises NotOurForm."""
    host = request.headers.get(hdrs.HOST, "")
    if not is_tls and not _is_this_machine(host):
        raise NotOurForm
    if request.headers.get("Sec-Fetch-Site", "none") not in _OUR_FETCHES and request.method not in _READING:
        raise NotOurForm
    own = f"{'https' if is_tls else 'http'}://{host}"
    if request.method not in _READING and request.headers.get(hdrs.ORIGIN) != own:
        raise NotOurForm


async def signed_in(
    console: Console, request: web.Request, *, is_use: bool = True
) -> tuple[Token, StaffSession] | None:
    """Who shows this cookie, if the session still lives; without ``is_use`` the look does not keep it alive."""
    token = read_token(request, is_tls=console.is_tls)
    if token is None or token.municipality_code not in console.cities:
        return None
    now = console.clock()
    async with console.database.city(token.municipality_code) as connection:
        look = look_at_session if is_use else watch_session
        session = await look(connection, token.municipality_code, token.digest, now, jst_date(now))
    return None if session is None else (token, session)


async def read_form(request: web.Request, token: Token | None = None) -> Mapping[str, str]:
    """The fields of a form, each once, no file; with ``token`` only one of its session. Raises NotOurForm."""
    if request.content_type != "application/x-www-form-urlencoded" or (request.charset or "utf-8").lower() != "utf-8":
        raise NotOurForm
    fields = await request.post()
    form = {name: value for name, value in fields.items() if isinstance(value, str)}
    # No text of the database may hold a NUL, and no page of ours sends one.
    is_plain = len(form) == len(fields) and not any("\0" in value for value in form.values())
    if not is_plain or (token is not None and not token.has_form_token(form.get(FORM_TOKEN, ""))):
        raise NotOurForm
    return form


def finish(request: web.Request, response: web.StreamResponse, *, is_tls: bool) -> None:
    """Set the headers of every answer, and keep a language that was asked for."""
    response.headers.update(HEADERS)
    if is_tls:
        response.headers[hdrs.STRICT_TRANSPORT_SECURITY] = _HTTPS_ONLY
    if ASKED_FOR in request.query:
        response.set_cookie(
            LANGUAGE, language_of(request), samesite="Strict", secure=is_tls, httponly=True, max_age=31_536_000
        )


def _is_this_machine(host: str) -> bool:
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return name == "localhost" or is_loopback(name.strip("[]"))
