"""Keeping it true: projects what the registry committed into the issuance records, in order and once."""
