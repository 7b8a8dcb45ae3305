-- What matching found of one issuance, for its own page.
SET LOCAL ROLE history_owner;
CREATE INDEX settlement_number ON history.settlement (municipality_code, issuance_number);
