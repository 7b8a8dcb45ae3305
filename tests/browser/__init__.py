"""The verification page in a real browser."""
