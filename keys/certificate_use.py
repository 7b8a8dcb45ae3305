"""Whether a certificate may vouch for the signature of a document (RFC 5280, 4.2.1; ETSI EN 319 412-2, 4.3.2)."""

from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier

from keys.errors import CertificateUnfit

DOCUMENT_SIGNING: Final = ObjectIdentifier("1.3.6.1.5.5.7.3.36")
"""id-kp-documentSigning, RFC 9336."""

_FOR_DOCUMENTS: Final = frozenset(
    {
        DOCUMENT_SIGNING,
        ExtendedKeyUsageOID.EMAIL_PROTECTION,
        ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
        ObjectIdentifier("1.2.840.113583.1.1.5"),
        ObjectIdentifier("1.3.6.1.4.1.311.10.3.12"),
    }
)
"""Purposes that include documents; the last two are the vendors' own from before RFC 9336."""
_LEAST_RSA_BITS: Final = 2048
_LOOKED_AT: Final = (x509.BasicConstraints, x509.KeyUsage, x509.ExtendedKeyUsage)


def require_for_documents(certificate: x509.Certificate) -> None:
    """Raise CertificateUnfit, saying what is wrong, unless the certificate is one for signing documents."""
    basic, usage, extended = (_value(certificate, kind) for kind in _LOOKED_AT)
    if isinstance(basic, x509.BasicConstraints) and basic.ca:
        raise CertificateUnfit("認証局の証明書です。", "it is a certification authority's.")
    if not (isinstance(usage, x509.KeyUsage) and (usage.digital_signature or usage.content_commitment)):
        raise CertificateUnfit(
            "鍵用途に digitalSignature も nonRepudiation もありません。",
            "its key usage has neither digitalSignature nor nonRepudiation.",
        )
    if isinstance(extended, x509.ExtendedKeyUsage) and _FOR_DOCUMENTS.isdisjoint(extended):
        raise CertificateUnfit(
            "拡張鍵用途が文書の署名を含みません。", "its extended key usage does not include the signing of documents."
        )
    if not _is_strong(certificate.public_key()):
        raise CertificateUnfit(
            "鍵は RSA 2048 ビット以上か P-256、P-384 に限ります。",
            "its key must be RSA of 2048 bits or more, P-256 or P-384.",
        )


def _is_strong(key: CertificatePublicKeyTypes) -> bool:
    if isinstance(key, ec.EllipticCurvePublicKey):
        return isinstance(key.curve, ec.SECP256R1 | ec.SECP384R1)
    return isinstance(key, rsa.RSAPublicKey) and key.key_size >= _LEAST_RSA_BITS


def _value(certificate: x509.Certificate, kind: type[x509.ExtensionType]) -> x509.ExtensionType | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
