"""Visible seals with a key that signs nothing real."""

from datetime import UTC, datetime

from keys.purpose import Purpose
from keys.secret_key import SecretKey
from keys.statement_key import StatementKey
from pdf import FontChain, PagePlan, Sealed, Snapshot, StatusPlace, plan, seal_pages, with_codes

KEY = StatementKey.of(SecretKey(Purpose.VISIBLE_SEAL, 1, bytes(range(32))), datetime(2026, 1, 1, tzinfo=UTC), None)
PLACE = StatusPlace(12345, b"8 bytes!")


def sealed(snapshot: Snapshot, kind: str = "resident_record", place: StatusPlace = PLACE) -> Sealed:
    """The snapshot with its tokens."""
    return seal_pages(snapshot, kind, place, KEY)


def sealed_pages(snapshot: Snapshot, fonts: FontChain) -> tuple[PagePlan, ...]:
    """The planned pages with their codes."""
    return with_codes(plan(snapshot, fonts), sealed(snapshot))
