"""The console as a web application."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from importlib.resources import files
from typing import Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from civil.errors import KioskError
from civil.text import UnacceptableText
from issuance_db.database import DatabaseConflict, DatabaseTimedOut, DatabaseUnreachable
from kiosk_server.staff.console import ROOT, Console
from kiosk_server.staff.entrance import Entrance, next_path
from kiosk_server.staff.entrance_passkey import PasskeyEntrance
from kiosk_server.staff.guard import MOST_FORM_BYTES, NotOurForm, finish, read_form, require_ours, signed_in
from kiosk_server.staff.pad import Pad
from kiosk_server.staff.page import Page
from kiosk_server.staff.pages import MENU, PAGES
from kiosk_server.staff.passwords import TooManyPasswords
from kiosk_server.staff.register_english import FILTERS
from kiosk_server.staff.screens import Screens
from kiosk_server.staff.streams import TooManyStreams
from kiosk_server.staff.uploads import UploadTooLarge
from kiosk_server.staff.visit import Missing, Visit
from kiosk_server.web.logging import log_fault

_FILES: Final = {
    "staff.css": "text/css",
    "staff.js": "text/javascript",
    "live.js": "text/javascript",
    "pad.js": "text/javascript",
    "passkey.js": "text/javascript",
    "watch.js": "text/javascript",
    "job.js": "text/javascript",
    "sending.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
_NUL: Final = "\0"
"""No text of the database may hold it; no page of ours has it in its address."""
_LOST: Final = (DatabaseUnreachable, DatabaseTimedOut, DatabaseConflict)
_READING: Final = frozenset({hdrs.METH_GET, hdrs.METH_HEAD})


class NotYours(KioskError):
    """この画面は、あなたの担当では使えません。責任者か利用者管理の担当に相談してください。 /
    This page is not among your duties. Ask a supervisor or an administrator."""


class NoSuchPage(KioskError):
    """この画面はありません。上のメニューから選び直してください。 / There is no such page. Choose from the menu above."""


class TooLarge(KioskError):
    """送られた内容が大きすぎます。入力を短くしてください。 / What was sent is too large. Shorten it."""


class TryAgain(KioskError):
    """データベースが混み合っているか、つながりません。何も変わっていません。少し待って、もう一度操作してください。 /
    The database is busy or cannot be reached. Nothing was changed. Wait a little and try again."""


class NotFit(KioskError):
    """この機械は自己点検で不備が見つかったため、変更を受け付けません。閲覧はできます。運用担当に知らせてください(kiosk doctor)。 /
    The self-check of this machine found something wrong, so nothing is changed here; looking goes on. Tell those who run the service (kiosk doctor)."""


class Fault(KioskError):
    """処理中に誤りが起きました。何も変わっていません。記録に残したので、運用担当に知らせてください。 /
    Something went wrong. Nothing was changed. It is in the log: tell those who run the service."""


_STATUSES: Final[Mapping[type[KioskError], HTTPStatus]] = {
    NotYours: HTTPStatus.FORBIDDEN,
    NotOurForm: HTTPStatus.FORBIDDEN,
    NoSuchPage: HTTPStatus.NOT_FOUND,
    UploadTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    TryAgain: HTTPStatus.SERVICE_UNAVAILABLE,
    NotFit: HTTPStatus.SERVICE_UNAVAILABLE,
    Fault: HTTPStatus.INTERNAL_SERVER_ERROR,
    Missing: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooManyPasswords: HTTPStatus.SERVICE_UNAVAILABLE,
    TooManyStreams: HTTPStatus.SERVICE_UNAVAILABLE,
    UnacceptableText: HTTPStatus.UNPROCESSABLE_ENTITY,
}
"""What is not here is a conflict with what the books say."""


def build_staff_app(console: Console, city_names: Mapping[str, str]) -> web.Application:
    """`/staff` and everything below it."""
    screens = Screens(MENU, city_names, FILTERS)
    app = web.Application(middlewares=[_answering(console, screens)], client_max_size=MOST_FORM_BYTES)
    entrance = Entrance(console, screens)
    entrance.add_to(app)
    PasskeyEntrance(console, entrance).add_to(app)
    Pad(console, screens).add_to(app)
    for page in PAGES:
        app.router.add_route(page.method, page.full_path, _handler(console, screens, page))
    for name, kind in _FILES.items():
        app.router.add_get(f"{ROOT}/files/{name}", _file(name, kind))
    app.router.add_get("/", _to_the_console)
    app.on_shutdown.append(lambda _: console.jobs.stop())
    return app


def _handler(console: Console, screens: Screens, page: Page) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        found = await signed_in(console, request, is_use=not page.is_stream)
        first = next_path(found and found[1])
        if found is None or first is not None:
            raise web.HTTPSeeOther(f"{ROOT}{first}")
        token, session = found
        form = {} if page.method in _READING or page.is_upload else await read_form(request, token)
        visit = Visit(console, screens, request, token, session, form)
        try:
            if not visit.may(page.duties):
                raise NotYours
            if page.method not in _READING and not console.is_fit():
                raise NotFit
            return await page.draw(visit)
        except KioskError as error:
            return visit.show("problem.html", status=_status_of(error), error=_told(error))

    return handle


def _answering(console: Console, screens: Screens) -> Middleware:
    def problem(request: web.Request, error: KioskError) -> web.Response:
        text = screens.draw_outside("problem.html", request, error=error)
        return web.Response(text=text, content_type="text/html", status=_status_of(error))

    @web.middleware
    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            require_ours(request, is_tls=console.is_tls)
            _require_plain(request)
            response = await handler(request)
        except (web.HTTPNotFound, web.HTTPMethodNotAllowed):
            response = problem(request, NoSuchPage())
        except web.HTTPRequestEntityTooLarge:
            response = problem(request, TooLarge())
        except web.HTTPException as ended:
            finish(request, ended, is_tls=console.is_tls)
            raise
        except KioskError as error:
            response = problem(request, _told(error))
        except Exception as error:  # noqa: BLE001 - whatever it was, it is logged and the person is told
            if not (isinstance(error, ConnectionResetError) and _has_left(request)):
                log_fault("staff", error)
            response = problem(request, Fault())
        if not response.prepared:
            finish(request, response, is_tls=console.is_tls)
        return response

    return answer


def _require_plain(request: web.Request) -> None:
    if _NUL in request.path or any(_NUL in value for value in request.query.values()):
        raise NoSuchPage


def _has_left(request: web.Request) -> bool:
    """A browser that closed its connection while it sent or was sent something: no fault of ours, and nobody reads the answer."""
    return request.transport is None or request.transport.is_closing()


def _told(error: KioskError) -> KioskError:
    return TryAgain() if isinstance(error, _LOST) else error


def _status_of(error: KioskError) -> int:
    return next((status for kind, status in _STATUSES.items() if isinstance(error, kind)), HTTPStatus.CONFLICT)


def _file(name: str, kind: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    content = files("kiosk_server.staff").joinpath("static", name).read_bytes()

    async def send(_request: web.Request) -> web.Response:
        return web.Response(body=content, content_type=kind, charset="utf-8")

    return send


async def _to_the_console(_request: web.Request) -> web.Response:
    raise web.HTTPSeeOther(ROOT)
