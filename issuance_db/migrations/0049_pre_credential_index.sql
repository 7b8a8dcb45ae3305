-- The key of the credential index rotates: staff, who may change any PIN and lift any lock, move rows to its newest version. Front may not:
-- who moves a row away has lifted its lock.
SET LOCAL ROLE issuance_owner;

GRANT UPDATE (credential_hash) ON issuance.pin, issuance.pin_tries, issuance.pin_charge TO staff;
