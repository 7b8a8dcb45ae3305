-- Kinds made from fed data: what an attempt was read from, and how old that was, beside the persons it shows.
SET LOCAL ROLE issuance_owner;

-- as_of: up to when the source was true when it was read; number and sequence as in issuance.source_sequence.
CREATE TABLE issuance.intent_source (
    municipality_code text NOT NULL,
    issuance_number text NOT NULL,
    source text NOT NULL CHECK (source IN ('seal', 'koseki')),
    number text NOT NULL,
    sequence bigint NOT NULL,
    as_of timestamptz NOT NULL,
    PRIMARY KEY (municipality_code, issuance_number, source),
    FOREIGN KEY (municipality_code, issuance_number) REFERENCES issuance.intent (municipality_code, issuance_number)
);
-- Everyone on a koseki certificate, those outside the register too; person_number where the koseki gives one.
CREATE TABLE issuance.intent_koseki_person (
    municipality_code text NOT NULL,
    issuance_number text NOT NULL,
    position smallint NOT NULL,
    koseki_person_number text NOT NULL,
    person_number text,
    PRIMARY KEY (municipality_code, issuance_number, position),
    FOREIGN KEY (municipality_code, issuance_number) REFERENCES issuance.intent (municipality_code, issuance_number)
);
DO $$
DECLARE
    table_name text;
BEGIN
    FOREACH table_name IN ARRAY ARRAY['intent_source', 'intent_koseki_person'] LOOP
        EXECUTE format('ALTER TABLE issuance.%I ENABLE ROW LEVEL SECURITY', table_name);
        EXECUTE format('ALTER TABLE issuance.%I FORCE ROW LEVEL SECURITY', table_name);
        EXECUTE format('CREATE POLICY city ON issuance.%I USING (municipality_code = shared.city())', table_name);
        EXECUTE format('GRANT SELECT, INSERT ON issuance.%I TO front', table_name);
        EXECUTE format('GRANT SELECT ON issuance.%I TO staff, fsck', table_name);
    END LOOP;
END
$$;

-- How old the data of an issuance was at its permit: one row per source. 'registry' is exact, its age is zero. Whose it was, the
-- tables of persons say, so that nothing here need be erased.
SET LOCAL ROLE history_owner;
CREATE TABLE history.issuance_source (
    municipality_code text NOT NULL,
    issuance_number text NOT NULL,
    source text NOT NULL CHECK (source IN ('registry', 'seal', 'koseki')),
    sequence bigint,
    as_of timestamptz NOT NULL,
    age interval NOT NULL CHECK (age >= interval '0'),
    PRIMARY KEY (municipality_code, issuance_number, source),
    FOREIGN KEY (municipality_code, issuance_number) REFERENCES history.issuance (municipality_code, issuance_number)
);
CREATE TABLE history.issuance_koseki_person (
    municipality_code text NOT NULL,
    issuance_number text NOT NULL,
    position smallint NOT NULL,
    koseki_person_number text,
    person_number text,
    PRIMARY KEY (municipality_code, issuance_number, position),
    FOREIGN KEY (municipality_code, issuance_number) REFERENCES history.issuance (municipality_code, issuance_number)
);
GRANT SELECT, INSERT ON history.issuance_source, history.issuance_koseki_person TO front;
GRANT SELECT ON history.issuance_source, history.issuance_koseki_person TO staff, fsck;
SELECT history.join_log('issuance_source');
SELECT history.join_log('issuance_koseki_person', '{koseki_person_number,person_number}');
