"""A city with a family to print."""

from tests.issuing.conftest import ashikaga, keys, keys_directory, paper

__all__ = ["ashikaga", "keys", "keys_directory", "paper"]
