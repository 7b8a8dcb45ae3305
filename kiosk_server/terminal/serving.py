"""The page of the terminal on the loopback: one address, one page, one form at a time."""

from collections.abc import Awaitable, Callable
from importlib.resources import files
from typing import Final, Protocol

from aiohttp import web

from kiosk_server.terminal.form import MOST_BYTES, Form, FormUnreadable, read_form
from kiosk_server.terminal.guard import guard
from kiosk_server.terminal.machine import Machine

_FILES: Final = {"terminal.css": "text/css", "terminal.js": "text/javascript"}

Draw = Callable[[Machine], str]
"""The whole page of the present step, as HTML."""


class Desk(Protocol):
    """Buttons that stand for a person's hands in the demo: placing a card, putting in coins."""

    def act(self, form: Form) -> None:
        """Do what the form says."""
        ...


def build_app(machine: Machine, draw: Draw, desk: Desk | None) -> web.Application:
    """GET / shows the present step, POST / acts and leads back to it, GET /now tells whether another page is to be seen."""

    async def show(_request: web.Request) -> web.Response:
        return web.Response(text=draw(machine), content_type="text/html")

    async def act(request: web.Request) -> web.Response:
        form = await _form(request)
        try:
            machine.act(form.one("token"), form.one("do"), form.fields, form.pin)
        finally:
            form.pin[:] = bytes(len(form.pin))
        raise web.HTTPSeeOther("/")

    async def now(_request: web.Request) -> web.Response:
        return web.json_response({"turn": machine.turn, "left": machine.idle_left()})

    async def stay(_request: web.Request) -> web.Response:
        machine.touch()
        return web.Response(status=204)

    async def demo(request: web.Request) -> web.Response:
        form = await _form(request)
        if desk is None:
            raise web.HTTPNotFound
        if form.one("token") == machine.token:
            desk.act(form)
            machine.renew()
        raise web.HTTPSeeOther("/")

    async def no_icon(_request: web.Request) -> web.Response:
        return web.Response(status=204)

    app = web.Application(middlewares=[guard])
    app.router.add_get("/favicon.ico", no_icon)
    app.router.add_get("/", show)
    app.router.add_post("/", act)
    app.router.add_get("/now", now)
    app.router.add_post("/stay", stay)
    app.router.add_post("/demo", demo)
    for name, kind in _FILES.items():
        app.router.add_get(f"/{name}", _file(name, kind))
    return app


def _file(name: str, kind: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    content = files("kiosk_server.terminal").joinpath("page", name).read_text(encoding="utf-8")

    async def send(_request: web.Request) -> web.Response:
        return web.Response(text=content, content_type=kind)

    return send


async def _form(request: web.Request) -> Form:
    """The form, read piece by piece: a body that lay whole in the library could not be wiped."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise web.HTTPUnsupportedMediaType
    if (request.content_length or 0) > MOST_BYTES:
        raise web.HTTPRequestEntityTooLarge(MOST_BYTES, request.content_length or 0)
    body = bytearray()
    async for piece in request.content.iter_any():
        body += piece
        if len(body) > MOST_BYTES:
            raise web.HTTPRequestEntityTooLarge(MOST_BYTES, len(body))
    try:
        return read_form(body)
    except FormUnreadable:
        raise web.HTTPBadRequest from None
