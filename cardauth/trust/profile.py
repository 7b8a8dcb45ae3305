"""What a certificate must be to say who is asking: one of 利用者証明用電子証明書, in time, and for nothing else."""

from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, ObjectIdentifier

from cardauth.card.errors import CardMisbehaved
from cardauth.card.schemes import scheme_of
from cardauth.certificate import ReadCertificate
from cardauth.errors import Reason
from cardauth.trust.errors import CertificateRefused

USER_POLICY: Final = ObjectIdentifier("1.2.392.200149.8.5.1.3.30")
"""Certificates for user authentication; those for signatures have ….1.1.20 and are not accepted."""

_UNDERSTOOD: Final = frozenset(
    {
        ExtensionOID.KEY_USAGE,
        ExtensionOID.CERTIFICATE_POLICIES,
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.EXTENDED_KEY_USAGE,
    }
)
_PURPOSES: Final = frozenset({ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE})


def require_profile(read: ReadCertificate, now: datetime) -> None:
    """Raises CertificateRefused with the first reason found (RFC 5280 6.1; the certificate policy of the authority)."""
    if now < read.not_before:
        raise CertificateRefused(Reason.CERTIFICATE_NOT_YET_VALID)
    if now > read.not_after:
        raise CertificateRefused(Reason.CERTIFICATE_EXPIRED)
    if any(one.critical and one.oid not in _UNDERSTOOD for one in read.extensions):
        raise CertificateRefused(Reason.CERTIFICATE_EXTENSION)
    if _is_ca(read):
        raise CertificateRefused(Reason.CERTIFICATE_OF_A_CA)
    if not _is_for_authentication(read):
        raise CertificateRefused(Reason.CERTIFICATE_KEY_USAGE)
    if not _has_policy(read):
        raise CertificateRefused(Reason.CERTIFICATE_POLICY)
    try:
        scheme_of(read.public_key)
    except CardMisbehaved:
        raise CertificateRefused(Reason.CERTIFICATE_KEY) from None


def _is_ca(read: ReadCertificate) -> bool:
    try:
        return read.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _is_for_authentication(read: ReadCertificate) -> bool:
    try:
        usage = read.extensions.get_extension_for_class(x509.KeyUsage)
    except x509.ExtensionNotFound:
        return False
    of = usage.value
    others = of.content_commitment or of.key_cert_sign or of.crl_sign
    return usage.critical and of.digital_signature and not others and _may_authenticate(read)


def _may_authenticate(read: ReadCertificate) -> bool:
    try:
        purposes = read.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return bool(_PURPOSES & set(purposes))


def _has_policy(read: ReadCertificate) -> bool:
    try:
        policies = read.extensions.get_extension_for_class(x509.CertificatePolicies).value
    except x509.ExtensionNotFound:
        return False
    return any(policy.policy_identifier == USER_POLICY for policy in policies)
