"""Who a terminal is to the city's service: the files of its mutual TLS, and what can be wrong with them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from keys.development_ca import is_demo_certificate

_OTHERS: Final = 0o077


@dataclass(frozen=True, slots=True)
class Trust:
    """The city's service, and who this terminal is to it (PEM files)."""

    url: str
    ca_file: Path
    certificate: Path
    private_key: Path


def faults_of(trust: Trust, now: datetime) -> list[str]:
    """What is wrong with the files, a line for each with what to do; none where mutual TLS can begin."""
    ca = _certificate(trust.ca_file)
    certificate, key = _certificate(trust.certificate), _key(trust.private_key)
    faults = [] if isinstance(ca, x509.Certificate) else [f"ca_file: {ca}"]
    faults += [f"certificate: {one}" for one in _of_certificate(certificate, now)]
    if isinstance(key, str):
        return [*faults, f"private_key: {key}"]
    if isinstance(certificate, x509.Certificate) and _public(certificate) != _public(key):
        faults.append(
            "private_key: certificate の鍵ではありません。組になるファイルを指定してください。 / It is not the key of the certificate; name the two that belong together."
        )
    return faults


def _certificate(file: Path) -> x509.Certificate | str:
    try:
        return x509.load_pem_x509_certificates(file.read_bytes())[0]
    except (OSError, ValueError):
        return f"{file} から証明書(PEM)を読めません。 / No certificate (PEM) can be read from it."


def _of_certificate(certificate: x509.Certificate | str, now: datetime) -> Iterator[str]:
    if isinstance(certificate, str):
        yield certificate
        return
    if is_demo_certificate(certificate.public_bytes(Encoding.DER)):
        yield "デモの証明書です。本物の端末には使えません。デモの端末は kiosk terminal --demo です。 / It is a demo's, which no real terminal uses. A demo's terminal is kiosk terminal --demo."
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        yield "有効期間外です。認証局から新しい証明書を受け、kiosk caller add で登録してください。 / It is not valid now. Get a new one from your authority and register it with kiosk caller add."


def _key(file: Path) -> PrivateKeyTypes | str:
    try:
        if file.stat().st_mode & _OTHERS:
            return f"ほかの利用者も読めます。 / Others can read it. chmod 600 {file}"
        return load_pem_private_key(file.read_bytes(), None)
    except (OSError, ValueError, TypeError):
        return f"{file} から秘密鍵(PEM、パスフレーズなし)を読めません。 / No private key (PEM, without a passphrase) can be read from it."


def _public(holder: x509.Certificate | PrivateKeyTypes) -> bytes:
    return holder.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
