from tests.cardauth.pcsc.conftest import daemon, readers

__all__ = ["daemon", "readers"]
