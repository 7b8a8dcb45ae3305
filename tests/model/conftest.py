"""Keys as the tests of issuing have them."""

from tests.issuing.conftest import keys, keys_directory

__all__ = ["keys", "keys_directory"]
