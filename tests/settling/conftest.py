"""A city with answers of its own to match."""

from tests.issuing.conftest import ashikaga, keys, keys_directory, paper

__all__ = ["ashikaga", "keys", "keys_directory", "paper"]
