"""Issuing, on the real database, keys and paper."""
