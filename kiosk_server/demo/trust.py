"""Keys and certificates of a demo: its own CA, the server's, the centre's and the terminal's certificates, the key file."""

import hashlib
import secrets
import shutil
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from civil.clock import Clock
from civil.errors import KioskError
from keys.development_ca import (
    IssuedCertificate,
    issue_client_certificate,
    issue_server_certificate,
    make_development_ca,
)
from keys.file_provider import FileKeyProvider, add_key_version, create_keys
from keys.purpose import STATEMENT_PURPOSES
from kiosk_server.demo.directory import DemoDirectory, make_private
from kiosk_server.embedded.ports import LOOPBACK
from kiosk_server.embedded.secret_file import write_secret

CLIENTS: Final = ("centre", "terminal")
"""Who may call: the names of their certificates, and of their channels."""


class DemoOutlived(KioskError):
    """デモの証明書の期限が切れています。 / The certificates of this demo have ended."""


def make_trust(directory: DemoDirectory, clock: Clock) -> FileKeyProvider:
    """Make everything at the first start, and return the keys. The CA's private key is thrown away afterwards.

    Raises DemoOutlived when an earlier start made it too long ago: with the CA's key gone, nothing can be renewed.
    """
    if not directory.ca.exists():
        _make_all(directory, clock)
    _require_valid(directory, clock)
    passphrase = directory.keys_passphrase.read_bytes()
    keys = FileKeyProvider(directory.keys, passphrase)
    missing = [purpose for purpose in STATEMENT_PURPOSES if not keys.versions(purpose)]
    for purpose in missing:  # a demo from before there was a visible seal
        add_key_version(directory.keys, passphrase, purpose, clock=clock)
    return FileKeyProvider(directory.keys, passphrase) if missing else keys


def client_certificate_sha256(directory: DemoDirectory, name: str) -> bytes:
    """By what the caller table knows a client certificate: SHA-256 over its DER."""
    certificate = x509.load_pem_x509_certificate(directory.certificate(name).read_bytes())
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()


def _require_valid(directory: DemoDirectory, clock: Clock) -> None:
    server = x509.load_pem_x509_certificate(directory.certificate("server").read_bytes())
    if server.not_valid_after_utc <= clock():
        raise DemoOutlived(
            f"このデモの証明書は {server.not_valid_after_utc:%Y-%m-%d} に期限が切れました。{directory.path} を消すか、新しい --data-dir で初めから作ってください。 / "
            f"The certificates of this demo ended on {server.not_valid_after_utc:%Y-%m-%d}. "
            f"Remove {directory.path}, or start a new one with another --data-dir."
        )


def _make_all(directory: DemoDirectory, clock: Clock) -> None:
    now = clock()
    ca = make_development_ca("見本認証局 DEMO CA", now)
    shutil.rmtree(directory.keys, ignore_errors=True)  # of a first start that was interrupted
    write_secret(directory.keys_passphrase, secrets.token_urlsafe(32))
    create_keys(directory.keys, directory.keys_passphrase.read_bytes(), marker="demo", ca=ca, clock=clock)
    make_private(directory.ca.parent)
    _write(directory, "server", issue_server_certificate(ca, [LOOPBACK, "localhost", "::1"], now))
    for name in CLIENTS:
        _write(directory, name, issue_client_certificate(ca, f"見本 {name}", now))
    # Last: its being there says that the others are.
    _write_text(directory.ca, ca.certificate_pem)


def _write(directory: DemoDirectory, name: str, issued: IssuedCertificate) -> None:
    _write_text(directory.certificate(name), issued.certificate_pem)
    _write_text(directory.private_key(name), issued.private_key_pem)


def _write_text(path: Path, pem: bytes) -> None:
    write_secret(path, pem.decode("ascii"))
