-- At retention whoever applied for koseki access goes too: applications that were refused or have ended, by the same two persons as what
-- history says of somebody. How old one is says the entry of its last step. The steps stay, and name nobody.
SET LOCAL ROLE issuance_owner;
GRANT DELETE ON issuance.koseki_access TO history_owner;

SET LOCAL ROLE history_owner;
CREATE FUNCTION history.erase_koseki_access(erasure bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    cutoff timestamptz;
    done bigint;
BEGIN
    PERFORM set_config('kiosk.erasure', erasure::text, true);
    cutoff := history.erased_before();
    PERFORM set_config('kiosk.erasure', '', true);
    IF cutoff IS NULL THEN
        RAISE EXCEPTION 'an erasure is approved by two persons' USING ERRCODE = 'KS008';
    END IF;
    DELETE FROM issuance.koseki_access AS a
    USING history.entry AS e
    WHERE a.municipality_code = shared.city() AND a.state IN ('refused', 'withdrawn', 'expired')
        AND e.municipality_code = a.municipality_code AND e.table_name = 'koseki_access_step' AND e.entered_at < cutoff
        AND e.row_key = jsonb_build_array(a.registration_number, a.state);
    GET DIAGNOSTICS done = ROW_COUNT;
    INSERT INTO history.erased (municipality_code, erasure_id, table_name, row_count)
    VALUES (shared.city(), erasure, 'koseki_access', done);
    RETURN done;
END
$$;
REVOKE ALL ON FUNCTION history.erase_koseki_access(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION history.erase_koseki_access(bigint) TO purger;
