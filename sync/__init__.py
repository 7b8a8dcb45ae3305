"""Keeping it true: the registry's events become the issuance records, and both are compared."""

from sync.freshness import Lag, lag
from sync.observer import Observer, Progress
from sync.projection import Projection
from sync.reconciliation import compare_with_registry

__all__ = ["Lag", "Observer", "Progress", "Projection", "compare_with_registry", "lag"]
