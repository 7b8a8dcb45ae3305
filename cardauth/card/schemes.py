"""How the card is asked for a signature, by the type of its own key: RSA-2048 today, P-384 on the next card."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from cardauth.card.errors import CardMisbehaved

SHA256_DIGEST_INFO: Final = bytes.fromhex("3031300D060960864801650304020105000420")
"""RFC 8017 9.2, note 1."""
_LEAST_RSA_BITS: Final = 2048
_MOST_RSA_BITS: Final = 2048


@dataclass(frozen=True, slots=True)
class Scheme:
    """What is sent for a message, and how the answer is checked against the public key."""

    name: str
    payload: Callable[[bytes], bytes]
    check: Callable[[bytes, bytes], None]
    """Takes signature and message; raises InvalidSignature."""


def scheme_of(key: object) -> Scheme:
    """The scheme for a certificate's public key. Raises CardMisbehaved for a key that no card of this application has."""
    if isinstance(key, rsa.RSAPublicKey) and _LEAST_RSA_BITS <= key.key_size <= _MOST_RSA_BITS:
        return Scheme("rsa-2048-sha256", _digest_info, _rsa_check(key))
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP384R1):
        return Scheme("p-384-sha384", _sha384, _ec_check(key))
    raise CardMisbehaved


def signature_is_good(key: object, signature: bytes, message: bytes) -> bool:
    """Whether this key has signed the message, by the one scheme that belongs to its type."""
    try:
        scheme_of(key).check(signature, message)
    except (InvalidSignature, CardMisbehaved):
        return False
    return True


def _digest_info(message: bytes) -> bytes:
    return SHA256_DIGEST_INFO + _digest(hashes.SHA256(), message)


def _sha384(message: bytes) -> bytes:
    return _digest(hashes.SHA384(), message)


def _rsa_check(key: rsa.RSAPublicKey) -> Callable[[bytes, bytes], None]:
    return lambda signature, message: key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())


def _ec_check(key: ec.EllipticCurvePublicKey) -> Callable[[bytes, bytes], None]:
    return lambda signature, message: key.verify(signature, message, ec.ECDSA(hashes.SHA384()))


def _digest(algorithm: hashes.HashAlgorithm, message: bytes) -> bytes:
    hashing = hashes.Hash(algorithm)
    hashing.update(message)
    return hashing.finalize()
