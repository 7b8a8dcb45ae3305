"""The witness on a port: two calls, small bodies, TLS anywhere but on the loopback."""

import ssl
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from civil.errors import KioskError
from kiosk_server.processes.lifecycle import Lifecycle
from kiosk_server.server_urls import is_loopback
from kiosk_server.witness.cosigning import Answer, Witness
from kiosk_server.witness.request import LEAVES_PATH, PATH

_MOST_BYTES: Final = 1_048_576


class TlsMissing(KioskError):
    """ループバック以外で受け付けるには TLS の証明書と鍵が要ります。 /
    To listen anywhere but on the loopback, give a TLS certificate and key."""


def build_witness_app(witness: Witness) -> web.Application:
    """POST /add-checkpoint and /add-leaves, and nothing else."""

    def call(decide: Callable[[str], Answer]) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def answered(request: web.Request) -> web.StreamResponse:
            try:
                body = (await request.read()).decode("utf-8")
            except UnicodeDecodeError:
                body = ""
            answer = decide(body)
            return web.Response(status=answer.status, text=answer.body, content_type=answer.content_type)

        return answered

    app = web.Application(client_max_size=_MOST_BYTES)
    app.router.add_post(PATH, call(witness.add_checkpoint))
    app.router.add_post(LEAVES_PATH, call(witness.add_leaves))
    return app


async def serve_witness(
    witness: Witness, host: str, port: int, tls: ssl.SSLContext | None, lifecycle: Lifecycle
) -> None:
    """Serve until asked to stop. Raises TlsMissing, OSError where the port is taken."""
    if tls is None and not is_loopback(host):
        raise TlsMissing
    runner = web.AppRunner(build_witness_app(witness), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, ssl_context=tls).start()
        scheme, bound = "http" if tls is None else "https", runner.addresses[0]
        lifecycle.ready({"witness_url": f"{scheme}://{_in_url(bound[0])}:{bound[1]}"})
        await lifecycle.until_stopped()
    finally:
        await runner.cleanup()


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
