"""The tamper-evident log of history, on the real database and with real attacks."""
