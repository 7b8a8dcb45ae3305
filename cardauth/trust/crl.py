"""The authority's list of revoked certificates (RFC 5280 5), whole and of one generation, or not believed."""

from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from cardauth.certificate import UNREADABLE
from cardauth.trust.anchors import CaGeneration
from cardauth.trust.ocsp import RevocationAnswerUnusable
from cardauth.trust.revocation_policy import RevocationPolicy
from cardauth.trust.signed_by import SIGNATURE_HASHES


@dataclass(frozen=True, slots=True)
class RevocationList:
    """A list that its generation has signed. `since` and `until` are its thisUpdate and nextUpdate (UTC)."""

    crl: x509.CertificateRevocationList = field(repr=False)
    since: datetime
    until: datetime

    def is_fresh(self, policy: RevocationPolicy, now: datetime) -> bool:
        """Whether it may be believed at `now`."""
        return now - policy.crl_age <= self.since <= now + policy.clock_skew and now < self.until

    def holds(self, serial: str) -> bool:
        """Whether this serial (decimal) is on it, for whatever reason."""
        return self.crl.get_revoked_certificate_by_serial_number(int(serial)) is not None


def read_list(raw: bytes, ca: CaGeneration) -> RevocationList:
    """A list signed by this generation, complete: no delta, no list of a part. Raises RevocationAnswerUnusable."""
    try:
        return _read(raw, ca)
    except UNREADABLE:
        raise RevocationAnswerUnusable from None


def _read(raw: bytes, ca: CaGeneration) -> RevocationList:
    crl = x509.load_der_x509_crl(raw)
    key, until = ca.read.public_key, crl.next_update_utc
    if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey) or until is None:
        raise RevocationAnswerUnusable
    signed = crl.issuer == ca.read.certificate.subject and isinstance(crl.signature_hash_algorithm, SIGNATURE_HASHES)
    # Any critical extension (a delta, a list of a part, an indirect one) makes it another list than the one we want.
    partial = any(one.critical for one in crl.extensions)
    if not signed or partial or not _is_of_key(crl, ca.key_id) or not crl.is_signature_valid(key):
        raise RevocationAnswerUnusable
    return RevocationList(crl, crl.last_update_utc, until)


def _is_of_key(crl: x509.CertificateRevocationList, key_id: str) -> bool:
    try:
        named = crl.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    except x509.ExtensionNotFound:
        return True
    return named is not None and named.hex() == key_id
