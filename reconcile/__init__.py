"""The comparison engine: digests, ranges and differences. Pure: it knows no table and no database."""

from reconcile.cause import Cause, cause_of
from reconcile.compare import Comparison, Difference, compare, counted, differences
from reconcile.digest import RecordDigest, canonical_digest
from reconcile.errors import UnsortedDigests
from reconcile.pairing import Sent, named, paired
from reconcile.proposals import Circumstances, Proposal, propose
from reconcile.ranges import RangeDigest, differing_ranges, range_digests, range_of
from reconcile.settlement import Books, Finding, Matched, OwnIssuance, StatementLine, match_statement

__all__ = [
    "Books",
    "Cause",
    "Circumstances",
    "Comparison",
    "Difference",
    "Finding",
    "Matched",
    "OwnIssuance",
    "Proposal",
    "RangeDigest",
    "RecordDigest",
    "Sent",
    "StatementLine",
    "UnsortedDigests",
    "canonical_digest",
    "cause_of",
    "compare",
    "counted",
    "differences",
    "differing_ranges",
    "match_statement",
    "named",
    "paired",
    "propose",
    "range_digests",
    "range_of",
]
