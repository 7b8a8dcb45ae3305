-- The resident register of another system as a source of files: the issuance record is then written by the feed, and what the registry says
-- elsewhere of how often somebody changed is said here. A city has its residents either from our registry or from files, never from both.
SET LOCAL ROLE issuance_owner;

-- How often the feed changed a person, and anybody of a household. The rows stay when the data is gone, so a removal is a change like any other.
CREATE TABLE issuance.resident_sequence (
    municipality_code text NOT NULL,
    person_number text NOT NULL,
    last_sequence bigint NOT NULL CHECK (last_sequence > 0),
    PRIMARY KEY (municipality_code, person_number)
);
CREATE TABLE issuance.household_sequence (
    municipality_code text NOT NULL,
    household_number text NOT NULL,
    last_sequence bigint NOT NULL CHECK (last_sequence > 0),
    PRIMARY KEY (municipality_code, household_number)
);
DO $$
DECLARE
    table_name text;
BEGIN
    FOREACH table_name IN ARRAY ARRAY['resident_sequence', 'household_sequence'] LOOP
        EXECUTE format('ALTER TABLE issuance.%I ENABLE ROW LEVEL SECURITY', table_name);
        EXECUTE format('ALTER TABLE issuance.%I FORCE ROW LEVEL SECURITY', table_name);
        EXECUTE format('CREATE POLICY city ON issuance.%I USING (municipality_code = shared.city())', table_name);
        EXECUTE format('GRANT SELECT ON issuance.%I TO sync, fsck', table_name);
    END LOOP;
END
$$;

SET LOCAL ROLE registry_owner;
GRANT USAGE ON SCHEMA registry TO issuance_owner;
GRANT SELECT ON registry.freshness TO issuance_owner;
SET LOCAL ROLE issuance_owner;

-- What the permit compares with, wherever the residents of a city come from: numbers and sequences, no personal data. No conditions in
-- here, or a permit would read a whole city.
CREATE VIEW issuance.freshness AS
SELECT municipality_code, subject, number, last_sequence, members FROM registry.freshness
UNION ALL
SELECT municipality_code, 'person'::text, person_number, last_sequence, NULL::bigint FROM issuance.resident_sequence
UNION ALL
SELECT municipality_code, 'household'::text, household_number, last_sequence, NULL::bigint FROM issuance.household_sequence;
GRANT SELECT ON issuance.freshness TO front, staff;

-- A file moves the sequences of whom it changes and of their households, under the locks of everybody in these households: a permit about a
-- household holds the lock of somebody in it.
CREATE FUNCTION issuance.move_residents(city text, persons text[], households text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF current_setting('kiosk.holds_city', true) IS DISTINCT FROM city
        OR NOT pg_try_advisory_xact_lock(shared.lock_key(city, 'city', '')) THEN
        PERFORM shared.lock_for_write(city, persons, '{}');
    END IF;
    INSERT INTO issuance.resident_sequence AS s (municipality_code, person_number, last_sequence)
    SELECT city, number, 1 FROM unnest(persons) AS number
    ON CONFLICT ON CONSTRAINT resident_sequence_pkey DO UPDATE SET last_sequence = s.last_sequence + 1;
    INSERT INTO issuance.household_sequence AS s (municipality_code, household_number, last_sequence)
    SELECT city, number, 1 FROM unnest(households) AS number
    ON CONFLICT ON CONSTRAINT household_sequence_pkey DO UPDATE SET last_sequence = s.last_sequence + 1;
END
$$;
REVOKE ALL ON FUNCTION issuance.move_residents(text, text[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION issuance.move_residents(text, text[], text[]) TO sync;

-- Whoever differs from the list of the resident register is held back for every kind, until a list finds them equal.
CREATE OR REPLACE FUNCTION issuance.move_doubt() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    changed issuance.source_doubt := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    subject text := CASE WHEN changed.source IN ('koseki', 'koseki_supplement') THEN 'koseki' ELSE 'person' END;
BEGIN
    IF changed.source <> 'resident' THEN
        PERFORM issuance.move_source(changed.municipality_code, changed.source, subject, changed.person_number);
    ELSIF TG_OP = 'DELETE' THEN
        DELETE FROM issuance.person_held_back AS b
        WHERE b.municipality_code = changed.municipality_code AND b.person_number = changed.person_number
            AND b.cause = 'doubt' AND b.item = 'resident_list';
    ELSE
        INSERT INTO issuance.person_held_back (municipality_code, person_number, cause, item)
        VALUES (changed.municipality_code, changed.person_number, 'doubt', 'resident_list')
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN changed;
END
$$;
