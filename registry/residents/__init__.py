"""Residents and households (既存住基, F1): append-only events, full-row history and the outbox.

This module is the public face; the submodules are private to the registry.
"""
