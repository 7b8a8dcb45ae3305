-- What the last look compares with is issuance.freshness, wherever the residents of a city come from: nobody who answers or looks reads the
-- registry's view beside it.
SET LOCAL ROLE registry_owner;
REVOKE SELECT ON registry.freshness FROM front, staff;
REVOKE USAGE ON SCHEMA registry FROM front, staff;
