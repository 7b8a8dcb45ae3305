"""From a user certificate to the generation that issued it. The path is one step long, so the generation is the question."""

from datetime import datetime

from cardauth.certificate import ReadCertificate
from cardauth.errors import Reason
from cardauth.trust.anchors import CaGeneration, TrustAnchors, is_for_tests
from cardauth.trust.errors import CertificateRefused
from cardauth.trust.signed_by import is_signed_by


def issuer_of(anchors: TrustAnchors, read: ReadCertificate, now: datetime) -> CaGeneration:
    """The one generation whose key signed the certificate, good at `now` (UTC). Raises CertificateRefused.

    An authority key id limits the choice to the generation it names; the signature decides. The name alone never does.
    """
    wanted = read.authority_key_id
    candidates = [one for one in anchors.generations if wanted is None or one.key_id == wanted]
    signers = [one for one in candidates if is_signed_by(read.certificate, one.read.certificate)]
    if not signers:
        is_test = is_for_tests(read.certificate.issuer)
        raise CertificateRefused(Reason.CERTIFICATE_FOR_TESTS if is_test else Reason.ISSUER_UNKNOWN)
    (issuer,) = signers[:1]
    if not issuer.read.not_before <= now <= issuer.read.not_after:
        raise CertificateRefused(Reason.ISSUER_EXPIRED)
    return issuer
