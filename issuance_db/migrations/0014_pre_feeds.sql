-- Files of other systems: a receipt for each, what comparing with the source found, and whom it puts in doubt.

-- Who holds the city alone needs no lock for each person: a whole file of seals would not fit the lock table. The setting alone is not
-- believed; the try succeeds at once for who has the lock already, and takes it for who has not.
SET LOCAL ROLE issuance_owner;
CREATE OR REPLACE FUNCTION issuance.move_source(municipality_code text, source text, subject text, number text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF current_setting('kiosk.holds_city', true) IS DISTINCT FROM municipality_code
        OR NOT pg_try_advisory_xact_lock(shared.lock_key(municipality_code, 'city', '')) THEN
        PERFORM shared.lock_subjects_for_write(municipality_code, ARRAY[subject], ARRAY[number]);
    END IF;
    INSERT INTO issuance.source_sequence AS s (municipality_code, source, number, last_sequence)
    VALUES (municipality_code, source, number, 1)
    ON CONFLICT ON CONSTRAINT source_sequence_pkey DO UPDATE SET last_sequence = s.last_sequence + 1;
END
$$;

-- Persons about whom the source and we differ: nothing of that source is issued to them until a comparison finds them equal,
-- or staff have looked.
CREATE TABLE issuance.source_doubt (
    municipality_code text NOT NULL,
    source text NOT NULL CHECK (source = 'seal'),
    person_number text NOT NULL,
    difference text NOT NULL CHECK (difference IN ('missing', 'extra', 'different')),
    since timestamptz NOT NULL,
    PRIMARY KEY (municipality_code, source, person_number)
);
ALTER TABLE issuance.source_doubt ENABLE ROW LEVEL SECURITY;
ALTER TABLE issuance.source_doubt FORCE ROW LEVEL SECURITY;
CREATE POLICY city ON issuance.source_doubt USING (municipality_code = shared.city());
GRANT SELECT ON issuance.source_doubt TO front, staff, sync, fsck;
GRANT INSERT, DELETE ON issuance.source_doubt TO sync;
GRANT DELETE ON issuance.source_doubt TO staff;

-- A doubt is a change of what the source says: it moves the sequence under the person's lock, so that no permit in progress passes it by.
CREATE FUNCTION issuance.move_doubt() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    changed issuance.source_doubt := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    PERFORM issuance.move_source(changed.municipality_code, changed.source, 'person', changed.person_number);
    RETURN changed;
END
$$;
REVOKE ALL ON FUNCTION issuance.move_doubt() FROM PUBLIC;
CREATE TRIGGER last_look BEFORE INSERT OR DELETE ON issuance.source_doubt
    FOR EACH ROW EXECUTE FUNCTION issuance.move_doubt();

SET LOCAL ROLE history_owner;

-- What became of each file. A fault has its place and reason, never content. as_of: what the file said it is true of.
CREATE TABLE history.feed_receipt (
    municipality_code text NOT NULL,
    receipt_id bigint GENERATED ALWAYS AS IDENTITY,
    source text NOT NULL,
    layout text,
    file_number bigint,
    as_of timestamptz,
    sha256 bytea NOT NULL,
    records integer,
    changed integer,
    result text NOT NULL CHECK (result IN ('applied', 'waiting', 'refused')),
    fault_line integer,
    fault_item text,
    fault_reason text,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (municipality_code, receipt_id),
    CHECK ((result = 'refused') = (fault_reason IS NOT NULL)),
    CHECK (result <> 'applied' OR (layout IS NOT NULL AND file_number IS NOT NULL AND as_of IS NOT NULL))
);
CREATE INDEX feed_receipt_applied ON history.feed_receipt (municipality_code, source, file_number) WHERE result = 'applied';

-- Each comparison with the source's own list (整合処理): how many there and here, and who differs.
CREATE TABLE history.source_comparison (
    municipality_code text NOT NULL,
    comparison_id bigint GENERATED ALWAYS AS IDENTITY,
    source text NOT NULL,
    file_number bigint NOT NULL,
    as_of timestamptz NOT NULL,
    sha256 bytea NOT NULL,
    at_source integer NOT NULL,
    here integer NOT NULL,
    compared_at timestamptz NOT NULL,
    PRIMARY KEY (municipality_code, comparison_id)
);
CREATE TABLE history.source_difference (
    municipality_code text NOT NULL,
    comparison_id bigint NOT NULL,
    position integer NOT NULL,
    person_number text,
    difference text NOT NULL CHECK (difference IN ('missing', 'extra', 'different')),
    PRIMARY KEY (municipality_code, comparison_id, position),
    FOREIGN KEY (municipality_code, comparison_id) REFERENCES history.source_comparison (municipality_code, comparison_id)
);

CREATE TRIGGER names_person BEFORE INSERT ON history.source_difference
    FOR EACH ROW WHEN (NEW.person_number IS NULL) EXECUTE FUNCTION history.refuse_nameless();

SELECT history.join_log('feed_receipt');
SELECT history.join_log('source_comparison');
SELECT history.join_log('source_difference', '{person_number}');
GRANT SELECT, INSERT ON history.feed_receipt, history.source_comparison, history.source_difference TO sync;
GRANT SELECT ON history.feed_receipt, history.source_comparison, history.source_difference TO staff, fsck;
GRANT USAGE ON SCHEMA history TO sync;
GRANT INSERT ON history.alert TO sync;
