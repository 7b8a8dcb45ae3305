"""Telling a specimen of this demo from every other card, before any PIN is asked for."""

from cardauth.certificate import ReadCertificate
from cardauth.trust import AnchorsUnacceptable, CertificateRefused, TrustAnchors
from cardauth.trust.path import issuer_of
from civil.clock import utc_now
from civil.errors import KioskError
from kiosk_server.demo.directory import DemoDirectory


class NotASpecimen(KioskError):
    """このデモの見本のカードではありません。暗証番号は送っていません。kiosk card make で作ったカードを置いてください。 /
    This is no specimen of this demo; no PIN was sent to it. Lay down a card that kiosk card make has made."""


def require_specimen(directory: DemoDirectory, certificate: ReadCertificate) -> None:
    """Return when `is_specimen`. Raises NotASpecimen."""
    if not is_specimen(directory, certificate):
        raise NotASpecimen


def is_specimen(directory: DemoDirectory, certificate: ReadCertificate) -> bool:
    """Whether a key of this demo's authority signed the certificate."""
    try:
        anchors = TrustAnchors.from_pem(directory.jpki_ca.read_bytes(), is_demo=True)
        issuer_of(anchors, certificate, utc_now())
    except (FileNotFoundError, AnchorsUnacceptable, CertificateRefused):
        return False
    return True
