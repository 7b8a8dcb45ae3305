"""After signing: is the signed file the inspected one, and does its signature hold? The signer's word is not taken."""

from functools import lru_cache
from hmac import compare_digest

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from pdf.composing import byte_range_digest
from pdf.contents import SignatureParts, signature_parts
from pdf.errors import SignatureMismatch
from pdf.inspection import Inspected


def compare(signed: bytes, inspected: Inspected) -> None:
    """Nothing if all is well; raises `SignatureMismatch` otherwise.

    The byte range is the inspected one and covers everything but the contents; its digest is the inspected digest; the
    contents are one CMS signature over it in the one spelling we write, valid under the certificate that it names.
    """
    first, start, end, rest = inspected.byte_range
    if first != 0 or end + rest != len(signed):
        raise SignatureMismatch
    if not compare_digest(byte_range_digest(signed, inspected.byte_range), inspected.digest):
        raise SignatureMismatch
    parts = signature_parts(signed[start:end])
    if not compare_digest(parts.digest, inspected.digest):
        raise SignatureMismatch
    try:
        _verify(parts)
    except InvalidSignature as broken:
        raise SignatureMismatch from broken


def _verify(parts: SignatureParts) -> None:
    key = _public_key(parts.certificate_der)
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(parts.signature, parts.signed, ec.ECDSA(hashes.SHA256()))
    elif isinstance(key, rsa.RSAPublicKey):
        key.verify(parts.signature, parts.signed, padding.PKCS1v15(), hashes.SHA256())
    else:
        raise SignatureMismatch


@lru_cache(maxsize=16)
def _public_key(certificate_der: bytes) -> CertificatePublicKeyTypes:
    return x509.load_der_x509_certificate(certificate_der).public_key()
