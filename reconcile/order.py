"""Watches that digests come in key order."""

from collections.abc import Iterable, Iterator

from reconcile.digest import RecordDigest
from reconcile.errors import UnsortedDigests


def in_key_order(records: Iterable[RecordDigest]) -> Iterator[RecordDigest]:
    """Pass records on; raises UnsortedDigests at the first that is not after the one before, by code point.

    In PostgreSQL that is `ORDER BY key COLLATE "C"`.
    """
    before: str | None = None
    for record in records:
        if before is not None and record.key <= before:
            raise UnsortedDigests
        before = record.key
        yield record
