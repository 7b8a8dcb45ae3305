"""Whether one certificate was signed by another, by name and signature, with algorithms that still hold."""

from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes

SIGNATURE_HASHES: Final = (hashes.SHA256, hashes.SHA384, hashes.SHA512)


def is_signed_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether the issuer's name stands in the certificate and the issuer's key has signed it, over SHA-2."""
    try:
        if not isinstance(certificate.signature_hash_algorithm, SIGNATURE_HASHES):
            return False
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True
