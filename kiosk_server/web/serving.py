"""Putting an app on a port, with problem documents even for what never becomes a request, and taking it off again."""

import socket
import ssl
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from aiohttp import web

from kiosk_server.issuing.refusal import RefusalCode
from kiosk_server.web.logging import log_fault
from kiosk_server.web.malformed import WHOLE_BODY
from kiosk_server.web.middleware import add_security_headers
from kiosk_server.web.problems import EdgeCode, Problem, problem_response

STOP_SECONDS: Final = 35.0
"""How long a stop waits for answers under way: the protocol's hard deadline and a little more."""

BACKLOG: Final = 1024
"""Connections that may wait to be taken."""

_TAKEN_AT_ONCE: Final = 4

# After an early refusal the rest of a body is thrown away for so long, so that the caller gets to read the refusal.
_LINGER_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class RunningServer:
    """An app on a port. `port` is the real one, also where 0 was asked for."""

    runner: web.AppRunner
    host: str
    port: int

    async def stop(self) -> None:
        """Take no more connections, let answers under way finish, then close."""
        await self.runner.cleanup()


async def serve(
    app: web.Application,
    host: str,
    port: int,
    tls: ssl.SSLContext | None,
    *,
    stop_seconds: float = STOP_SECONDS,
    shared: socket.socket | None = None,
) -> RunningServer:
    """Serve an app until `stop`. Without `tls` only for the operations port. Raises OSError when the port is taken.

    `shared`: a bound socket that other processes listen on too, instead of one of our own.
    """
    runner = _Runner(
        app,
        access_log=None,
        auto_decompress=False,
        lingering_time=_LINGER_SECONDS,
        shutdown_timeout=stop_seconds,
    )
    await runner.setup()
    try:
        if shared is None:
            await web.TCPSite(runner, host, port, ssl_context=tls).start()
        else:
            # asyncio takes as many connections at once as it lets wait. The others are to have their part of a rush.
            await web.SockSite(runner, shared, ssl_context=tls, backlog=_TAKEN_AT_ONCE).start()
            shared.listen(BACKLOG)
    except BaseException:
        await runner.cleanup()
        raise
    return RunningServer(runner, host, runner.addresses[0][1])


def url_of(scheme: str, host: str, port: int) -> str:
    """The address as a URL."""
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


class _Runner(web.AppRunner):
    async def _make_server(self) -> web.Server:
        server = await super()._make_server()
        return _Server(server.request_handler, request_factory=server.request_factory, **self._kwargs)


class _Server(web.Server):
    def __call__(self) -> web.RequestHandler:
        return _RequestHandler(self, loop=self._loop, **self._kwargs)


class _RequestHandler(web.RequestHandler):
    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what is not HTTP, or what went wrong outside every handler; aiohttp's own page quotes the request."""
        del message
        if request.writer.output_size > 0:
            raise ConnectionError
        is_theirs = status < HTTPStatus.INTERNAL_SERVER_ERROR
        if exc is not None and not is_theirs:
            log_fault("connection", exc)
        problem = (
            Problem(RefusalCode.MALFORMED, members={"field": WHOLE_BODY}) if is_theirs else Problem(EdgeCode.FAULT)
        )
        return _closing(problem)


def _closing(problem: Problem) -> web.Response:
    response = problem_response(problem)
    add_security_headers(response)
    response.force_close()
    return response
