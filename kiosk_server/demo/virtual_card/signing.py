"""The card's signature over exactly what its key's type wants, and over nothing else."""

from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from kiosk_server.demo.jpki.issuing import CardPrivateKey

_DIGEST_INFO: Final = bytes.fromhex("3031300D060960864801650304020105000420")
_SHA256: Final = 32
_SHA384: Final = 48


class PayloadWrong(Exception):
    """6A80: not what this key signs."""


def sign(key: CardPrivateKey, payload: bytes, *, wrong: bool) -> bytes:
    """RSA: PKCS#1 v1.5 over a DigestInfo of SHA-256. EC: ECDSA over a SHA-384 digest, as DER. Raises PayloadWrong.

    `wrong` signs something else, as a broken or forged card would.
    """
    digest = _digest_of(key, payload)
    if wrong:
        digest = bytes(len(digest))
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(digest, padding.PKCS1v15(), Prehashed(hashes.SHA256()))
    return key.sign(digest, ec.ECDSA(Prehashed(hashes.SHA384())))


def _digest_of(key: CardPrivateKey, payload: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        if len(payload) != len(_DIGEST_INFO) + _SHA256 or not payload.startswith(_DIGEST_INFO):
            raise PayloadWrong
        return payload[len(_DIGEST_INFO) :]
    if len(payload) != _SHA384:
        raise PayloadWrong
    return payload
