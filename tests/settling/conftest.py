"""A city with answers of its own to match."""

from tests.issuing.conftest import ashikaga, keys, paper

__all__ = ["ashikaga", "keys", "paper"]
