-- What kiosk fsck must see of things that it may not read whole: whether a document is in quarantine, and how far numbers were given.
SET LOCAL ROLE issuance_owner;
GRANT SELECT (municipality_code, issuance_number, cause, quarantined_at, delete_after) ON issuance.quarantine TO fsck;
GRANT SELECT ON SEQUENCE issuance.issuance_number TO fsck;
