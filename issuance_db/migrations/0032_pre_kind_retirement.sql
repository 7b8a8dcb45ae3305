-- The last JST day on which a city issues a kind (as ワクチン接種証明 ended on 2024-03-31). From the next day on it is refused for good.
SET LOCAL ROLE issuance_owner;
CREATE TABLE issuance.kind_retirement (
    municipality_code text NOT NULL,
    kind text NOT NULL,
    last_day date NOT NULL,
    PRIMARY KEY (municipality_code, kind)
);
ALTER TABLE issuance.kind_retirement ENABLE ROW LEVEL SECURITY;
ALTER TABLE issuance.kind_retirement FORCE ROW LEVEL SECURITY;
CREATE POLICY city ON issuance.kind_retirement USING (municipality_code = shared.city());
GRANT SELECT ON issuance.kind_retirement TO front, staff, fsck;
GRANT INSERT ON issuance.kind_retirement TO staff;
