-- The same numbers, digests and entries as before, at a lower cost for each row: plans are kept, and settings change once.
SET LOCAL ROLE history_owner;

CREATE OR REPLACE FUNCTION history.chain_step() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    last record;
    is_true boolean;
BEGIN
    -- A step is written in the transaction that makes it true: the state of the request, or of the attempt it names, says the same.
    IF NEW.state IN ('proposed', 'permitted', 'void', 'quarantined') THEN
        SELECT i.caller_id = NEW.caller_id AND i.call = NEW.call AND i.request_id = NEW.request_id AND i.state = NEW.state INTO is_true
        FROM issuance.intent AS i
        WHERE i.municipality_code = NEW.municipality_code AND i.issuance_number = NEW.issuance_number;
    ELSE
        SELECT r.state = CASE NEW.state WHEN 'withdrawn' THEN 'refused' ELSE NEW.state END
            AND (NEW.state = 'accepted' OR r.result_code = NEW.code)
            AND (NEW.state <> 'answered' OR r.issuance_number IS NOT DISTINCT FROM NEW.issuance_number) INTO is_true
        FROM issuance.request AS r
        WHERE r.municipality_code = NEW.municipality_code AND r.caller_id = NEW.caller_id AND r.call = NEW.call
            AND r.request_id = NEW.request_id;
    END IF;
    IF is_true IS NOT TRUE THEN
        RAISE EXCEPTION 'the step % is not what the request or the attempt is now', NEW.state USING ERRCODE = 'KS007';
    END IF;
    SELECT t.step, t.digest INTO last FROM history.transition AS t
    WHERE t.municipality_code = NEW.municipality_code AND t.caller_id = NEW.caller_id AND t.call = NEW.call
        AND t.request_id = NEW.request_id
    ORDER BY t.step DESC LIMIT 1;
    NEW.step := coalesce(last.step, 0) + 1;
    NEW.salt := uuid_send(gen_random_uuid());
    NEW.previous_digest := coalesce(last.digest, ''::bytea);
    NEW.digest := history.step_digest(
        NEW.previous_digest, NEW.salt, ARRAY[NEW.municipality_code, NEW.caller_id, NEW.call, NEW.request_id], NEW.step, NEW.state,
        NEW.code, NEW.issuance_number, NEW.happened_at
    );
    RETURN NEW;
END
$$;
DROP FUNCTION history.step_is_true(history.transition);

-- Called by history.enter and history.join_log alone, which set what the text of a value depends on.
CREATE OR REPLACE FUNCTION history.enter_row(table_name text, content jsonb, key_columns text[], personal_columns text[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    open_columns jsonb := jsonb_strip_nulls(content);
    personal text := '{}';
    row_key jsonb := '[]';
    salt bytea := uuid_send(gen_random_uuid());
    personal_commitment bytea;
    column_name text;
BEGIN
    IF personal_columns <> '{}' THEN
        personal := (open_columns - array(SELECT jsonb_object_keys(open_columns - personal_columns)))::text;
        open_columns := open_columns - personal_columns;
    END IF;
    FOREACH column_name IN ARRAY key_columns LOOP
        row_key := row_key || jsonb_build_array(content -> column_name);
    END LOOP;
    personal_commitment := sha256(salt || convert_to(personal, 'UTF8'));
    INSERT INTO history.entry (municipality_code, transaction_id, table_name, row_key, salt, personal_commitment, commitment)
    VALUES (
        content ->> 'municipality_code', pg_current_xact_id(), table_name, row_key, CASE WHEN personal_columns <> '{}' THEN salt END,
        personal_commitment, sha256(personal_commitment || convert_to(table_name || E'\n' || open_columns::text, 'UTF8'))
    );
END
$$;
