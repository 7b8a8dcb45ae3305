from tests.issuing.conftest import ashikaga, keys, keys_directory, paper
from tests.pdf.conftest import fonts

__all__ = ["ashikaga", "fonts", "keys", "keys_directory", "paper"]
