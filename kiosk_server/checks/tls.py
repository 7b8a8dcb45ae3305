"""The certificates of the listeners: valid, with their key, and no demo's in production."""

import ssl
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding

from issuance_db.installation import marker_of
from keys.development_ca import is_demo_certificate
from kiosk_server.checks.certificates import valid_until
from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.checks.wrong import Fault, Wrong

_DEMO: Final = Fault(
    "TLS の証明書がデモ用です。本番では使えません。",
    "A TLS certificate is of a demo; Demo keys and certificates cannot be used in production.",
    "KIOSK_TLS_CERTIFICATE、KIOSK_TLS_KEY、KIOSK_TLS_CLIENT_CA を本番のものにしてください。",
    "Set KIOSK_TLS_CERTIFICATE, KIOSK_TLS_KEY and KIOSK_TLS_CLIENT_CA to those of production.",
)
_NO_KEY: Final = Fault(
    "TLS の秘密鍵を読めないか、証明書のものではありません。",
    "The private key for TLS cannot be read, or is not that of the certificate.",
    "KIOSK_TLS_CERTIFICATE と KIOSK_TLS_KEY を確かめてください。",
    "Look at KIOSK_TLS_CERTIFICATE and KIOSK_TLS_KEY.",
)
_RENEW: Final = (
    "更新し、KIOSK_TLS_CERTIFICATE / KIOSK_TLS_CLIENT_CA に置いて起動し直してください。",
    "Renew it, put it where KIOSK_TLS_CERTIFICATE / KIOSK_TLS_CLIENT_CA says, and start again.",
)


async def tls(surroundings: Surroundings) -> str:
    """The server's certificate and the client CA."""
    settings, found = surroundings.settings, surroundings.tls_certificates
    every = [certificate for certificates in found.values() for certificate in certificates]
    if await marker_of(await surroundings.database()) == "production" and any(
        is_demo_certificate(certificate.public_bytes(Encoding.DER)) for certificate in every
    ):
        raise Wrong(_DEMO)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(
            settings.path("tls_certificate"), settings.path("tls_key")
        )
    except (ssl.SSLError, OSError):
        raise Wrong(_NO_KEY) from None
    now = surroundings.clock()
    server = valid_until(found["tls_certificate"][0], now, ("TLS サーバー証明書", "The TLS server certificate"), _RENEW)
    for authority in found["tls_client_ca"]:
        valid_until(authority, now, ("呼出し元の CA 証明書", "The CA certificate of the callers"), _RENEW)
    return server
