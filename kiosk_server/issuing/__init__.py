"""Issuing: from an accepted request to a recorded certificate, one file for each step (docs/architecture.md)."""
