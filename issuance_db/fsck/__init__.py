"""`kiosk fsck`: the books of one city checked against the invariants, on a live or a restored database, as role fsck."""

from issuance_db.fsck.checking import RULES, check, check_snapshot
from issuance_db.fsck.log import LOG_RULES
from issuance_db.fsck.rule import Bounds, Finding, Invariant, Rule, Words

__all__ = ["LOG_RULES", "RULES", "Bounds", "Finding", "Invariant", "Rule", "Words", "check", "check_snapshot"]
