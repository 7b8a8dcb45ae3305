"""Keeping it true: the registry's events become the issuance records, and both are compared."""

from sync.observer import Observer, Progress
from sync.projection import Projection
from sync.reconciliation import compare_with_registry
from sync.reconciliation_schedule import Reconciling, Schedule
from sync.reconciling import Reconciler, Reconciliation, Repair
from sync.record_differences import RecordDifference

__all__ = [
    "Observer",
    "Progress",
    "Projection",
    "Reconciler",
    "Reconciliation",
    "Reconciling",
    "RecordDifference",
    "Repair",
    "Schedule",
    "compare_with_registry",
]
