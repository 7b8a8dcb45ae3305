-- Who keeps accounts, who audits and who is not of the city does nothing else at the console.
SET LOCAL ROLE issuance_owner;
ALTER TABLE issuance.staff_account ADD CONSTRAINT staff_account_duties_apart
    CHECK (cardinality(duties) = 1 OR NOT duties && ARRAY['administrator', 'auditor', 'contractor']);
