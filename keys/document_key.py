"""The private key that signs certificates, with the certificate that vouches for it."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Never

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from keys.errors import CertificateMismatch, KeyFileUnreadable
from keys.tokens.token_key import TokenKey

DocumentPrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
DocumentPublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


@dataclass(frozen=True, eq=False)
class DocumentKey:
    """A loaded signing key, its certificate and the certificates above it, leaf's issuer first, all DER.

    The key object is held because loading an RSA key costs some 40 ms; a key on a token is asked for each signature.
    """

    private_key: DocumentPrivateKey | TokenKey = field(repr=False)
    certificate_der: bytes = field(repr=False)
    chain_der: tuple[bytes, ...] = field(repr=False)

    @cached_property
    def certificate(self) -> x509.Certificate:
        """The certificate, parsed."""
        return x509.load_der_x509_certificate(self.certificate_der)

    @cached_property
    def not_before(self) -> datetime:
        """The first instant of the certificate (UTC)."""
        return self.certificate.not_valid_before_utc

    @cached_property
    def not_after(self) -> datetime:
        """The last instant of the certificate (UTC)."""
        return self.certificate.not_valid_after_utc

    @cached_property
    def algorithm(self) -> str:
        """Which kind of key this is: ecdsa-p256, ecdsa-p384, rsa-2048 and so on."""
        return key_algorithm(self.private_key.public_key())

    @property
    def is_on_token(self) -> bool:
        """Whether a signature waits for a token: then it does not belong on an event loop."""
        return isinstance(self.private_key, TokenKey)

    def sign(self, prehash: bytes) -> bytes:
        """Sign a SHA-256 digest of 32 bytes: a DER ECDSA-Sig-Value, or RSASSA-PKCS1-v1_5. Raises ValueError, TokenUnavailable."""
        return sign_prehash(self.private_key, prehash)

    def __reduce__(self) -> Never:
        """Refuse to be pickled or copied."""
        raise TypeError("a document key cannot be pickled")


def sign_prehash(key: DocumentPrivateKey | TokenKey, prehash: bytes) -> bytes:
    """As `DocumentKey.sign`, for a key that has no certificate yet."""
    algorithm = Prehashed(hashes.SHA256())
    if isinstance(key, TokenKey):
        return key.sign(prehash)
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(prehash, padding.PKCS1v15(), algorithm)
    return key.sign(prehash, ec.ECDSA(algorithm))


def key_algorithm(key: DocumentPublicKey) -> str:
    """Name the algorithm and size of a key, such as ecdsa-p256 or rsa-2048."""
    return f"rsa-{key.key_size}" if isinstance(key, rsa.RSAPublicKey) else f"ecdsa-p{key.key_size}"


def load_public_key(der: bytes) -> DocumentPublicKey:
    """Return a public key of DER; raises KeyFileUnreadable for a kind we do not sign with."""
    key = serialization.load_der_public_key(der)
    if not isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey):
        raise KeyFileUnreadable
    return key


def load_document_key(pkcs8: bytes) -> DocumentPrivateKey:
    """Return the private key of a PKCS#8 DER; raises KeyFileUnreadable for a kind we do not sign with."""
    key = serialization.load_der_private_key(pkcs8, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise KeyFileUnreadable
    return key


def require_certificate_of(key: DocumentPublicKey, certificate_der: bytes) -> None:
    """Raise CertificateMismatch unless this is a certificate of the key."""
    if not is_certificate_of(key, certificate_der):
        raise CertificateMismatch


def is_certificate_of(key: DocumentPublicKey, certificate_der: bytes) -> bool:
    """Whether this is a certificate, and one of the key."""
    try:
        return x509.load_der_x509_certificate(certificate_der).public_key() == key
    except ValueError:
        return False
