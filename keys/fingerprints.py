"""What persons compare keys by: nothing of it helps to find a key."""

import hashlib
from collections.abc import Iterator

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from keys.document_key import load_document_key, load_public_key
from keys.key_file import KeyEntry, KeyFile
from keys.keyed_hash import keyed_hash
from keys.purpose import Purpose
from keys.secret_key import SecretKey
from keys.wrapping import Wrapper

_CHECK_BYTES = 8


def fingerprints(content: KeyFile, passphrase: bytes) -> Iterator[str]:
    """A line for each key: purpose, version, and SHA-256 of its public key, or 8 bytes of a keyed hash of nothing.

    Raises WrongPassphrase, SealBroken.
    """
    wrapper = Wrapper(passphrase, content.kdf)
    wrapper.require(content.check)
    for entry in content.keys:
        material = wrapper.unwrap(entry.wrapped, entry.bound(content.marker))
        yield f"{entry.purpose} {entry.version}: {_fingerprint(entry, material)}"


def _fingerprint(entry: KeyEntry, material: bytes) -> str:
    if entry.purpose is not Purpose.DOCUMENT_SIGNATURE:
        return keyed_hash(SecretKey(entry.purpose, entry.version, material), b"check value")[:_CHECK_BYTES].hex()
    public = (
        load_document_key(material).public_key() if entry.token is None else load_public_key(entry.token.public_key)
    )
    return hashlib.sha256(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()
