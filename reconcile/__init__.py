"""The comparison engine: digests, ranges and differences. Pure: it knows no table and no database."""

from reconcile.compare import Comparison, Difference, compare, differences
from reconcile.digest import RecordDigest, canonical_digest
from reconcile.errors import UnsortedDigests
from reconcile.ranges import RangeDigest, differing_ranges, range_digests, range_of

__all__ = [
    "Comparison",
    "Difference",
    "RangeDigest",
    "RecordDigest",
    "UnsortedDigests",
    "canonical_digest",
    "compare",
    "differences",
    "differing_ranges",
    "range_digests",
    "range_of",
]
