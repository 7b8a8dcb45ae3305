"""The digest of a record: equal for equal fields, however they are ordered, and for nothing else."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

_ABSENT = b"\x00"
_PRESENT = b"\x01"
_LENGTH_BYTES = 8


@dataclass(frozen=True, slots=True)
class RecordDigest:
    """The key of a record and the digest of its fields; no personal data if the key is none."""

    key: str
    digest: bytes


def canonical_digest(fields: Mapping[str, str | None]) -> bytes:
    """Return the SHA-256, 32 bytes, of named fields.

    Fields are taken in code point order of their names. Each name and value stands after its length (8 bytes,
    big-endian, of its UTF-8), each value after a byte that tells an absent value from an empty text. Texts are taken as
    they are: what should compare equal is brought to one form before. Raises nothing, whatever the texts hold.
    """
    digest = hashlib.sha256()
    for name in sorted(fields):
        value = fields[name]
        digest.update(_with_length(name))
        digest.update(_ABSENT if value is None else _PRESENT + _with_length(value))
    return digest.digest()


def _with_length(text: str) -> bytes:
    # A lone surrogate is for others to refuse: an encoding error would carry the text in it.
    encoded = text.encode("utf-8", "surrogatepass")
    return len(encoded).to_bytes(_LENGTH_BYTES, "big") + encoded
