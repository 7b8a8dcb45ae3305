-- Which machine works on a request, for staff who watch the service. The transaction says it (`issuance_db.database`); older code says nothing.
SET LOCAL ROLE issuance_owner;
ALTER TABLE issuance.request ADD COLUMN node text;
ALTER TABLE issuance.request ALTER COLUMN node SET DEFAULT nullif(current_setting('kiosk.node', true), '');
GRANT UPDATE (node) ON issuance.request TO front;
