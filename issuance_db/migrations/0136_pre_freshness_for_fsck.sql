-- Who compares an export with the issuance record reads it as issuing does, sequences included.
SET LOCAL ROLE issuance_owner;
GRANT SELECT ON issuance.freshness TO fsck;
