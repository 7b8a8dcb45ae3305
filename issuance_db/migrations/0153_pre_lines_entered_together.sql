-- The entries of a statement's lines are written for all lines of one INSERT together. They say what they said row by row (0026).
SET LOCAL ROLE history_owner;
CREATE FUNCTION history.enter_lines() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' SET bytea_output = 'hex' AS $$
BEGIN
    INSERT INTO history.entry (municipality_code, transaction_id, table_name, row_key, personal_commitment, commitment)
    SELECT r.municipality_code, pg_current_xact_id(), TG_TABLE_NAME, r.row_key, r.personal,
        sha256(r.personal || convert_to(TG_TABLE_NAME || E'\n' || r.content::text, 'UTF8'))
    FROM (
        SELECT a.municipality_code, jsonb_build_array(a.caller_id, a.statement_on, a.edition, a.line) AS row_key,
            jsonb_strip_nulls(to_jsonb(a)) AS content, sha256(uuid_send(gen_random_uuid()) || '{}'::bytea) AS personal
        FROM added AS a
    ) AS r;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION history.enter_lines() FROM PUBLIC;
DROP TRIGGER entered ON history.statement_line;
CREATE TRIGGER entered AFTER INSERT ON history.statement_line REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION history.enter_lines('{caller_id,statement_on,edition,line}', '{}');
