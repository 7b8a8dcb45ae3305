-- Whose text cannot be printed, or of whom two sources say different things, is held back as of the data that was found so.
-- When that changes, the hold ends by itself: the next request finds out whether it is mended, and lists the person again if not.
SET LOCAL ROLE issuance_owner;

-- Null: found before there was this column. Such a hold is lifted by staff, as are those that staff set.
ALTER TABLE issuance.person_held_back ADD COLUMN as_of text;

-- How often what the register and every source say of a person, and of the koseki they are in, has changed.
CREATE FUNCTION issuance.changes_of(municipality text, person text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT concat_ws(
        '/',
        (
            SELECT k.person_sequence || '.' || k.household_sequence FROM issuance.resident_key AS k
            WHERE k.municipality_code = municipality AND k.person_number = person
        ),
        (
            SELECT sum(q.last_sequence) FROM issuance.source_sequence AS q
            WHERE q.municipality_code = municipality AND (q.number = person OR q.number IN (
                SELECT m.koseki_number FROM issuance.koseki_member AS m
                WHERE m.municipality_code = municipality AND m.person_number = person
                UNION ALL
                SELECT s.koseki_number FROM issuance.koseki_supplement_person AS s
                WHERE s.municipality_code = municipality AND s.person_number = person
            ))
        )
    );
END;
REVOKE ALL ON FUNCTION issuance.changes_of(text, text) FROM PUBLIC;

CREATE FUNCTION issuance.note_changes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.as_of := issuance.changes_of(NEW.municipality_code, NEW.person_number);
    RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION issuance.note_changes() FROM PUBLIC;
CREATE TRIGGER as_of BEFORE INSERT ON issuance.person_held_back
    FOR EACH ROW WHEN (NEW.cause IN ('character', 'overflow', 'data')) EXECUTE FUNCTION issuance.note_changes();

-- One person at a time: each lift takes that person's lock, and who takes several must take them sorted.
CREATE FUNCTION issuance.end_mended_hold() RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found text;
BEGIN
    SELECT h.person_number INTO found
    FROM issuance.person_held_back AS h
    WHERE h.municipality_code = shared.city() AND h.cause IN ('character', 'overflow', 'data')
        AND h.as_of <> issuance.changes_of(h.municipality_code, h.person_number)
    ORDER BY h.since, h.person_number
    LIMIT 1;
    DELETE FROM issuance.person_held_back AS h
    WHERE h.municipality_code = shared.city() AND h.person_number = found AND h.cause IN ('character', 'overflow', 'data')
        AND h.as_of <> issuance.changes_of(h.municipality_code, h.person_number);
    RETURN found;
END
$$;
REVOKE ALL ON FUNCTION issuance.end_mended_hold() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION issuance.end_mended_hold() TO sweeper;
