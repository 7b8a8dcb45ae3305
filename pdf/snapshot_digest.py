"""The digest of a snapshot: the same facts give the same digest in every process and on every node."""

import dataclasses
import hashlib
import json
from datetime import date
from typing import Any

from pdf.snapshots import Snapshot


def canonical_bytes(snapshot: Snapshot) -> bytes:
    """The snapshot as UTF-8 JSON (a lone surrogate as its three bytes): sorted keys, ISO dates, bytes as hex. Holds personal data: keep it in memory only."""
    facts = {"kind": snapshot.document_title, **_facts_of(snapshot)}
    text = json.dumps(facts, default=_plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    # Whatever a record holds has a digest; what cannot be printed is refused by the form, with its field.
    return text.encode("utf-8", "surrogatepass")


def snapshot_digest(snapshot: Snapshot) -> bytes:
    """SHA-256 over `canonical_bytes`; salted, since the salt is part of the snapshot."""
    return hashlib.sha256(canonical_bytes(snapshot)).digest()


def _plain(value: object) -> str | dict[str, object]:
    if dataclasses.is_dataclass(value):
        return _facts_of(value)
    if isinstance(value, date):  # a datetime is a date too
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(type(value).__name__)


def _facts_of(value: Any) -> dict[str, object]:
    # `dataclasses.asdict` copies everything it finds, at several times the cost.
    return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
