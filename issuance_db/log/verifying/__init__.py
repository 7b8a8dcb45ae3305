"""Verifying history against its log, and the log against what was kept outside. It trusts no function and no digest of the database."""

from issuance_db.log.verifying.findings import Finding, Row
from issuance_db.log.verifying.outside import Outside, read_outside
from issuance_db.log.verifying.whole import Verified, verify

__all__ = ["Finding", "Outside", "Row", "Verified", "read_outside", "verify"]
