"""The application that centres and terminals talk to."""

from typing import Final

from aiohttp import HttpVersion11, hdrs, web
from aiohttp.typedefs import Handler

from kiosk_server.issuing.service import IssuingService
from kiosk_server.web.body import declared_too_large
from kiosk_server.web.limits import NoRequestLimit, RequestLimit
from kiosk_server.web.metrics import Metrics
from kiosk_server.web.middleware import answering, secure
from kiosk_server.web.openapi import openapi_json
from kiosk_server.web.problems import EdgeCode, Problem, problem_response
from kiosk_server.web.routes import CentreRoutes
from kiosk_server.web.settings import EdgeSettings

_DEFAULTS: Final = EdgeSettings()


def build_centre_app(
    service: IssuingService,
    *,
    limit: RequestLimit | None = None,
    metrics: Metrics | None = None,
    settings: EdgeSettings = _DEFAULTS,
    takes_cards: bool = False,
) -> web.Application:
    """The centre protocol in front of `service`. Serve it with `kiosk_server.web.serving.serve` over mutual TLS.

    `takes_cards`: `card_signature` and its challenges are part of it.
    """
    figures = metrics or Metrics()
    routes = CentreRoutes(service, limit or NoRequestLimit(), figures, settings, takes_cards=takes_cards)
    app = web.Application(middlewares=[answering(figures, settings.hard_seconds)])
    app.on_response_prepare.append(secure)
    if takes_cards:
        add_call(app, "/v1/challenges", hdrs.METH_POST, "challenges", routes.challenges)
        path, name = "/v1/koseki_access_registrations", "koseki_access_registrations"
        add_call(app, path, hdrs.METH_POST, name, routes.koseki_access_registrations)
    add_call(app, "/v1/notice", hdrs.METH_GET, "notice", routes.notice)
    add_call(app, "/v1/menus", hdrs.METH_POST, "menus", routes.menus)
    add_call(app, "/v1/issuances", hdrs.METH_POST, "issuances", routes.issuances)
    add_call(app, "/v1/issuances/{issuance_number}", hdrs.METH_GET, "issuance_state", routes.issuance_state)
    add_call(app, "/v1/issuances/{issuance_number}/outcome", hdrs.METH_POST, "outcome", routes.outcome)
    add_call(app, "/v1/alerts", hdrs.METH_POST, "alerts", routes.alerts)
    add_call(app, "/openapi.json", hdrs.METH_GET, "openapi", _fixed(openapi_json(), "application/json"))
    add_no_such_path(app)
    return app


def add_call(app: web.Application, path: str, method: str, name: str, handler: Handler) -> None:
    """Route one method of a path; every other method of it is `wrong_method`."""

    async def wrong_method(_request: web.Request) -> web.StreamResponse:
        raise Problem(EdgeCode.WRONG_METHOD, headers={hdrs.ALLOW: method})

    resource = app.router.add_resource(path, name=name)
    resource.add_route(method, handler, expect_handler=_continue)
    resource.add_route(hdrs.METH_ANY, wrong_method, expect_handler=_ignore_expectation)


def add_no_such_path(app: web.Application) -> None:
    """Answer every path that is not routed; call it last."""

    async def no_such_path(_request: web.Request) -> web.StreamResponse:
        raise Problem(EdgeCode.NO_SUCH_PATH)

    resource = app.router.add_resource("/{path:.*}", name=EdgeCode.NO_SUCH_PATH)
    resource.add_route(hdrs.METH_ANY, no_such_path, expect_handler=_ignore_expectation)


async def _continue(request: web.Request) -> web.StreamResponse | None:
    # A body that is too large by its own account is never asked for.
    if declared_too_large(request):
        return problem_response(Problem(EdgeCode.TOO_LARGE, headers={hdrs.CONNECTION: "close"}))
    if request.version == HttpVersion11 and request.headers[hdrs.EXPECT].lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0
    return None


async def _ignore_expectation(_request: web.Request) -> None:
    """Ask for no body: the answer does not depend on it."""


def _fixed(body: bytes, content_type: str) -> Handler:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=body, content_type=content_type)

    return answer
