"""TLS on both ends: mutual, 1.3 where both can, 1.2 with forward secrecy and AEAD where not."""

import ssl
from pathlib import Path
from typing import Final

_CIPHERS_1_2: Final = "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL:!SHA1"


def server_context(certificate: Path, key: Path, client_ca: Path) -> ssl.SSLContext:
    """The server's end: its certificate chain and key (PEM), and the CA whose client certificates it takes.

    A client without a certificate of that CA does not get past the handshake. Raises OSError or ssl.SSLError.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _harden(context)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(client_ca)
    context.load_cert_chain(certificate, key)
    # A resumed session would skip the look at the certificate's dates and CA.
    context.num_tickets = 0
    context.options |= ssl.OP_NO_TICKET | ssl.OP_CIPHER_SERVER_PREFERENCE
    return context


def browser_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """The server's end for browsers, which show no certificate. Raises OSError or ssl.SSLError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _harden(context)
    context.load_cert_chain(certificate, key)
    context.options |= ssl.OP_CIPHER_SERVER_PREFERENCE
    return context


def client_context(server_ca: Path, certificate: Path, key: Path) -> ssl.SSLContext:
    """The caller's end: the CA of the server, and the client certificate and key to show. Checks the host name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    _harden(context)
    context.load_verify_locations(server_ca)
    context.load_cert_chain(certificate, key)
    return context


def _harden(context: ssl.SSLContext) -> None:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(_CIPHERS_1_2)
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    context.verify_flags |= ssl.VERIFY_X509_STRICT
