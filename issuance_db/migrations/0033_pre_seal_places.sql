-- The visible seal: where the published status list tells of an issuance. Taken at random in the transaction that proposes it.
SET LOCAL ROLE issuance_owner;

-- A list for each month of issue. The secret is in the sheet's code too: only with it can be told what stands at the index.
CREATE TABLE issuance.seal_place (
    municipality_code text NOT NULL,
    status_list text NOT NULL CHECK (status_list ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
    status_index integer NOT NULL CHECK (status_index BETWEEN 0 AND 262143),
    status_secret bytea NOT NULL CHECK (octet_length(status_secret) = 8),
    issuance_number text NOT NULL,
    PRIMARY KEY (municipality_code, status_list, status_index),
    UNIQUE (municipality_code, issuance_number),
    FOREIGN KEY (municipality_code, issuance_number) REFERENCES issuance.intent (municipality_code, issuance_number)
);
ALTER TABLE issuance.seal_place ENABLE ROW LEVEL SECURITY;
ALTER TABLE issuance.seal_place FORCE ROW LEVEL SECURITY;
CREATE POLICY city ON issuance.seal_place USING (municipality_code = shared.city());

GRANT INSERT, SELECT (municipality_code, status_list, status_index) ON issuance.seal_place TO front;
GRANT SELECT (municipality_code, status_list, status_index, issuance_number) ON issuance.seal_place TO staff, fsck;
