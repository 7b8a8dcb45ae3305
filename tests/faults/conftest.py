"""The city of the issuing tests, broken here in other ways."""

from tests.issuing.conftest import ashikaga, keys, keys_directory, paper

__all__ = ["ashikaga", "keys", "keys_directory", "paper"]
