"""Sealing: AES-256-GCM (NIST SP 800-38D) with a random nonce.

A sealed text is: format 0x01, key version (4 bytes, big-endian), nonce (12), ciphertext and tag (16). Purpose, format
and version are authenticated with the caller's own associated data. Random nonces bound one key version to some 2^32
seals.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keys.errors import SealBroken
from keys.lengths import length_prefixed
from keys.secret_key import SecretKey

_FORMAT = b"\x01"
_VERSION_BYTES = 4
_NONCE_BYTES = 12
_TAG_BYTES = 16
_HEADER_BYTES = len(_FORMAT) + _VERSION_BYTES


def seal(key: SecretKey, plaintext: bytes, aad: bytes) -> bytes:
    """Return the plaintext encrypted, and bound to `aad`, which says where it belongs and is not stored in it."""
    header = _FORMAT + key.version.to_bytes(_VERSION_BYTES, "big")
    nonce = os.urandom(_NONCE_BYTES)
    return header + nonce + AESGCM(key.material).encrypt(nonce, plaintext, _bound(key, header, aad))


def unseal(key: SecretKey, sealed: bytes, aad: bytes) -> bytes:
    """Return the plaintext; raises SealBroken if anything was altered, or the key or `aad` is another one."""
    if key_version_of(sealed) != key.version:
        raise SealBroken
    header, rest = sealed[:_HEADER_BYTES], sealed[_HEADER_BYTES:]
    try:
        return AESGCM(key.material).decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], _bound(key, header, aad))
    except InvalidTag:
        raise SealBroken from None


def key_version_of(sealed: bytes) -> int:
    """Return the version of the key that sealed this, to ask the provider for it; raises SealBroken."""
    if len(sealed) < _HEADER_BYTES + _NONCE_BYTES + _TAG_BYTES or not sealed.startswith(_FORMAT):
        raise SealBroken
    return int.from_bytes(sealed[len(_FORMAT) : _HEADER_BYTES], "big")


def _bound(key: SecretKey, header: bytes, aad: bytes) -> bytes:
    return length_prefixed((key.purpose.encode(), header, aad))
