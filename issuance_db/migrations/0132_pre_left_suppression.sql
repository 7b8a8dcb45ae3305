-- A file that sets a protective measure lifts it too, as long as it has the person. Who was deleted from it is in no later file: then staff may.
-- Locked in one statement and looked for in a later one, or a file that brings the person back at this moment would lose its measure.
SET LOCAL ROLE issuance_owner;

CREATE FUNCTION issuance.lift_left_suppression(city text, person text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM shared.lock_for_write(city, ARRAY[person], '{}');
    DELETE FROM issuance.suppression AS s
    WHERE s.municipality_code = city AND s.person_number = person AND s.source = 'feed'
        AND NOT EXISTS (SELECT FROM issuance.resident_key AS k WHERE k.municipality_code = city AND k.person_number = person)
        AND NOT EXISTS (
            SELECT FROM issuance.feed_set_aside AS a
            WHERE a.municipality_code = city AND a.source = 'resident' AND split_part(a.record_key, '/', 2) = person
        );
    RETURN FOUND;
END
$$;
REVOKE ALL ON FUNCTION issuance.lift_left_suppression(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION issuance.lift_left_suppression(text, text) TO staff;
