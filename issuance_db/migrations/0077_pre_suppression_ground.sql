-- Why staff suppressed somebody: apart from the suppression, which every process reads, and from the history, which every auditor reads. It goes
-- with the suppression.
SET LOCAL ROLE issuance_owner;

CREATE TABLE issuance.suppression_ground (
    municipality_code text NOT NULL,
    person_number text NOT NULL,
    source text NOT NULL CHECK (source = 'staff'),
    ground text NOT NULL CHECK (btrim(ground) <> ''),
    set_by text NOT NULL CHECK (shared.same_name(set_by) <> ''),
    PRIMARY KEY (municipality_code, person_number, source),
    FOREIGN KEY (municipality_code, person_number, source)
        REFERENCES issuance.suppression (municipality_code, person_number, source) ON DELETE CASCADE
);
CREATE TABLE issuance.koseki_suppression_ground (
    municipality_code text NOT NULL,
    koseki_person_number text NOT NULL,
    source text NOT NULL CHECK (source = 'staff'),
    ground text NOT NULL CHECK (btrim(ground) <> ''),
    set_by text NOT NULL CHECK (shared.same_name(set_by) <> ''),
    PRIMARY KEY (municipality_code, koseki_person_number, source),
    FOREIGN KEY (municipality_code, koseki_person_number, source)
        REFERENCES issuance.koseki_suppression (municipality_code, koseki_person_number, source) ON DELETE CASCADE
);
DO $$
DECLARE
    table_name text;
BEGIN
    FOREACH table_name IN ARRAY ARRAY['suppression_ground', 'koseki_suppression_ground'] LOOP
        EXECUTE format('ALTER TABLE issuance.%I ENABLE ROW LEVEL SECURITY', table_name);
        EXECUTE format('ALTER TABLE issuance.%I FORCE ROW LEVEL SECURITY', table_name);
        EXECUTE format('CREATE POLICY city ON issuance.%I USING (municipality_code = shared.city())', table_name);
        EXECUTE format('GRANT SELECT, INSERT ON issuance.%I TO staff', table_name);
    END LOOP;
END
$$;

-- Looking for a kana costs more than all the rest of the folding: furigana are katakana as they stand, and what is typed is turned into them
-- before it gets here.
CREATE OR REPLACE FUNCTION issuance.as_searched(written text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN lower(regexp_replace(normalize(written, NFKC), '[\s\uFE00-\uFE0F\U000E0100-\U000E01EF]', '', 'g'));
