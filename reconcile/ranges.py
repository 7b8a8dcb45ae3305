"""Narrows a comparison: one digest for each part of the keys, so that only parts that differ are compared in full."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reconcile.digest import RecordDigest, canonical_digest
from reconcile.order import in_key_order

MOST_BITS = 16
_HASH_BITS = 256


@dataclass(frozen=True, slots=True)
class RangeDigest:
    """How many records a range holds, and the digest over all of them."""

    count: int
    digest: bytes


def range_of(key: str, bits: int) -> int:
    """Return the range of a key: the first `bits` bits (0 to 16) of the SHA-256 of its UTF-8, as a number.

    Keys numbered in a row fall into different ranges, so ranges are of even size. Raises ValueError for other bits.
    """
    if not 0 <= bits <= MOST_BITS:
        raise ValueError("a range has 0 to 16 bits")
    hashed = hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(hashed, "big") >> (_HASH_BITS - bits)


def range_digests(records: Iterable[RecordDigest], bits: int) -> Mapping[int, RangeDigest]:
    """Return the digest of every range that holds a record, of records in key order.

    Holds one running hash a range, 2^bits at most. Raises UnsortedDigests, and ValueError for bits out of range.
    """
    counts: dict[int, int] = {}
    hashes: dict[int, hashlib._Hash] = {}
    for record in in_key_order(records):
        place = range_of(record.key, bits)
        counts[place] = counts.get(place, 0) + 1
        hashes.setdefault(place, hashlib.sha256()).update(_one(record))
    return {place: RangeDigest(counts[place], hashes[place].digest()) for place in sorted(counts)}


def differing_ranges(left: Mapping[int, RangeDigest], right: Mapping[int, RangeDigest]) -> tuple[int, ...]:
    """Return the ranges, ascending, that differ between two sides or that one side lacks."""
    return tuple(place for place in sorted(left.keys() | right.keys()) if left.get(place) != right.get(place))


def _one(record: RecordDigest) -> bytes:
    return canonical_digest({"key": record.key, "digest": record.digest.hex()})
