"""Path, profile and revocation of a user certificate, in one place."""

from dataclasses import dataclass, field

from cardauth.certificate import CertificateUnreadable, ReadCertificate, read_certificate
from cardauth.credential_key import UserCertificateKey
from cardauth.errors import Reason
from cardauth.trust.anchors import CaGeneration, TrustAnchors
from cardauth.trust.errors import CertificateRefused
from cardauth.trust.path import issuer_of
from cardauth.trust.profile import require_profile
from cardauth.trust.revocation import RevocationChecker
from civil.clock import Clock


@dataclass(frozen=True, slots=True)
class TrustedCertificate:
    """A user certificate with the generation that issued it, not yet looked up for revocation."""

    read: ReadCertificate = field(repr=False)
    issuer: CaGeneration = field(repr=False)

    @property
    def key(self) -> UserCertificateKey:
        """By what storage knows it: the key id of the generation that really signed it, and the serial."""
        return UserCertificateKey(self.issuer.key_id, self.read.serial)


class CardTrust:
    """Whom a city believes."""

    def __init__(self, anchors: TrustAnchors, revocation: RevocationChecker, clock: Clock) -> None:
        """Take the trusted generations and what knows of revocations."""
        self._anchors = anchors
        self._revocation = revocation
        self._clock = clock

    def trusted(self, der: bytes) -> TrustedCertificate:
        """Path and profile, now. Raises CertificateRefused. Asks nobody."""
        now = self._clock()
        try:
            read = read_certificate(der)
        except CertificateUnreadable:
            raise CertificateRefused(Reason.CERTIFICATE_UNREADABLE) from None
        issuer = issuer_of(self._anchors, read, now)
        require_profile(read, now)
        return TrustedCertificate(read, issuer)

    async def require_unrevoked(self, certificate: TrustedCertificate) -> None:
        """Raises CertificateRefused, or RevocationUnknown."""
        await self._revocation.require_good(certificate.read, certificate.issuer)
