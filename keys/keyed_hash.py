"""Keyed hashes: blind indexes, fingerprints, salted commitments."""

import hmac

from keys.lengths import length_prefixed
from keys.secret_key import SecretKey

__all__ = ["keyed_hash", "same_hash"]


def keyed_hash(key: SecretKey, *parts: bytes) -> bytes:
    """Return the HMAC-SHA-256 (RFC 2104), 32 bytes, over the parts, each after its length as 8 big-endian bytes."""
    return hmac.digest(key.material, length_prefixed(parts), "sha256")


def same_hash(one: bytes, other: bytes) -> bool:
    """Compare two hashes in a time that does not tell where they differ."""
    return hmac.compare_digest(one, other)
