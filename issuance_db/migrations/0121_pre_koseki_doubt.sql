-- Koseki and 附票 are compared with lists of their sources too: what is in doubt there is a koseki, and its lock is that of the koseki.
SET LOCAL ROLE issuance_owner;
CREATE OR REPLACE FUNCTION issuance.move_doubt() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    changed issuance.source_doubt := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    subject text := CASE WHEN changed.source IN ('koseki', 'koseki_supplement') THEN 'koseki' ELSE 'person' END;
BEGIN
    PERFORM issuance.move_source(changed.municipality_code, changed.source, subject, changed.person_number);
    RETURN changed;
END
$$;
COMMENT ON COLUMN issuance.source_doubt.person_number IS 'the number of the list: 宛名番号, or of a koseki for the sources of koseki';
