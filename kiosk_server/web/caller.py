"""Who holds the client certificate of this connection."""

import hashlib
import ssl

from aiohttp import web

from kiosk_server.issuing.refusal import RefusalCode
from kiosk_server.issuing.request import Caller
from kiosk_server.issuing.service import IssuingService
from kiosk_server.web.problems import Problem


def certificate_sha256(request: web.BaseRequest) -> bytes:
    """SHA-256 over the DER of the peer's certificate, which TLS has verified.

    Raises Problem `not_your_city` on a connection without one; a server with our TLS context never has such.
    """
    tls = request.get_extra_info("ssl_object")
    certificate = tls.getpeercert(binary_form=True) if isinstance(tls, ssl.SSLObject) else None
    if not certificate:
        raise Problem(RefusalCode.NOT_YOUR_CITY)
    return hashlib.sha256(certificate).digest()


async def caller_of(request: web.BaseRequest, service: IssuingService, municipality_code: str) -> Caller:
    """The caller, for one city. Raises Refusal or Problem `not_your_city`."""
    return await service.caller(certificate_sha256(request), municipality_code)
