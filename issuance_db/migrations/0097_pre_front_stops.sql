-- The front stops what a mismatch stops, and nobody else.
SET LOCAL ROLE issuance_owner;
CREATE POLICY front_adds ON issuance.service_stop AS RESTRICTIVE FOR INSERT TO front WITH CHECK (cause = 'mismatch');
