"""Who may talk to the terminal's page: the browser on this machine, showing our own page, and nothing else."""

from typing import Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), usb=(), hid=(), serial=()",
    # With no-referrer a browser hides the origin of our own forms too, and they would be refused below.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_OUR_FETCHES: Final = frozenset({"same-origin", "none"})


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what another page sends or shows, and every name but our own (DNS rebinding); set the headers of every answer."""
    try:
        _require_ours(request)
        response = await handler(request)
    except web.HTTPException as refusal:
        refusal.headers.update(HEADERS)
        raise
    response.headers.update(HEADERS)
    return response


def _require_ours(request: web.Request) -> None:
    name = _own_name(request)
    if request.headers.get(hdrs.HOST) != name:
        raise web.HTTPForbidden
    if request.headers.get("Sec-Fetch-Site", "none") not in _OUR_FETCHES:
        raise web.HTTPForbidden
    if request.method not in {hdrs.METH_GET, hdrs.METH_HEAD} and request.headers.get(hdrs.ORIGIN) != f"http://{name}":
        raise web.HTTPForbidden


def _own_name(request: web.Request) -> str:
    if request.transport is None:
        raise web.HTTPForbidden
    host, port = request.transport.get_extra_info("sockname")[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
