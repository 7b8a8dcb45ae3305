-- The database itself numbers, salts and chains each step, and commits to each history row in the transaction that writes it.
-- Programs insert the facts; nobody writes a number, a salt or a digest.
SET LOCAL ROLE issuance_owner;
GRANT SELECT ON issuance.request TO history_owner;
SET LOCAL ROLE history_owner;

-- Steps --------------------------------------------------------------------------------------------------------------------

-- A step is written in the transaction that makes it true, so the state of the request, or of the attempt it names, says the same.
CREATE FUNCTION history.step_is_true(step history.transition) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN CASE WHEN step.state IN ('proposed', 'permitted', 'void', 'quarantined') THEN EXISTS (
    SELECT FROM issuance.intent AS i
    WHERE i.municipality_code = step.municipality_code AND i.issuance_number = step.issuance_number AND i.caller_id = step.caller_id
        AND i.call = step.call AND i.request_id = step.request_id AND i.state = step.state
) ELSE EXISTS (
    SELECT FROM issuance.request AS r
    WHERE r.municipality_code = step.municipality_code AND r.caller_id = step.caller_id AND r.call = step.call
        AND r.request_id = step.request_id
        AND r.state = CASE step.state WHEN 'withdrawn' THEN 'refused' ELSE step.state END
        AND (step.state = 'accepted' OR r.result_code = step.code)
        AND (step.state <> 'answered' OR r.issuance_number IS NOT DISTINCT FROM step.issuance_number)
) END;

-- Two transactions that take the same next number collide at the primary key: a chain never forks.
CREATE FUNCTION history.chain_step() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    last record;
BEGIN
    IF NOT history.step_is_true(NEW) THEN
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
CREATE TRIGGER chained BEFORE INSERT ON history.transition FOR EACH ROW EXECUTE FUNCTION history.chain_step();

REVOKE INSERT ON history.transition FROM front, sweeper;
GRANT INSERT (municipality_code, caller_id, call, request_id, state, code, issuance_number, happened_at) ON history.transition
    TO front, sweeper;
REVOKE EXECUTE ON FUNCTION history.step_digest(bytea, bytea, text[], integer, text, text, text, timestamptz) FROM front, sweeper;

-- Entries ------------------------------------------------------------------------------------------------------------------

-- One entry for each history row: what the row said when it was written, as a salted commitment. The batcher makes each a leaf.
--   personal_commitment  SHA-256 over the salt and the personal columns
--   commitment           SHA-256 over the personal commitment, the table's name and the other columns
-- Erasing salt and personal columns leaves both commitments, and the other columns can be verified for ever.
CREATE TABLE history.entry (
    municipality_code text NOT NULL,
    transaction_id xid8 NOT NULL,
    entry_id bigint GENERATED ALWAYS AS IDENTITY,
    table_name text NOT NULL,
    row_key jsonb NOT NULL,
    salt bytea,
    personal_commitment bytea NOT NULL,
    commitment bytea NOT NULL,
    entered_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality_code, transaction_id, entry_id)
);
CREATE INDEX entry_issuance ON history.entry (municipality_code, row_key) WHERE table_name = 'issuance';

-- Columns without a value are left out, so that a column added later does not change what older rows committed to.
CREATE FUNCTION history.enter_row(table_name text, content jsonb, key_columns text[], personal_columns text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    whole jsonb := jsonb_strip_nulls(content);
    open_columns jsonb := whole - personal_columns;
    personal jsonb := '{}';
    salt bytea := uuid_send(gen_random_uuid());
    personal_commitment bytea;
BEGIN
    IF personal_columns <> '{}' THEN
        personal := whole - array(SELECT jsonb_object_keys(open_columns));
    END IF;
    personal_commitment := sha256(salt || convert_to(personal::text, 'UTF8'));
    INSERT INTO history.entry (municipality_code, transaction_id, table_name, row_key, salt, personal_commitment, commitment)
    VALUES (
        content ->> 'municipality_code', pg_current_xact_id(), table_name,
        (SELECT jsonb_agg(content -> k.name ORDER BY k.place) FROM unnest(key_columns) WITH ORDINALITY AS k (name, place)),
        salt, personal_commitment,
        sha256(personal_commitment || convert_to(table_name || E'\n' || open_columns::text, 'UTF8'))
    );
END
$$;

-- How a value is written must not depend on who is connected.
CREATE FUNCTION history.enter() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' SET bytea_output = 'hex' AS $$
BEGIN
    PERFORM history.enter_row(TG_TABLE_NAME, to_jsonb(NEW), TG_ARGV[0]::text[], TG_ARGV[1]::text[]);
    RETURN NULL;
END
$$;

-- Makes a table part of history: city by city, never changed, each row entered for the log, and so are the rows already there.
-- A migration that adds a table to this schema calls it last, after its grants or before. Personal columns are those that are erased
-- at retention: they can be NULL, and are in no key.
CREATE FUNCTION history.join_log(joining text, personal_columns text[] DEFAULT '{}') RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' SET bytea_output = 'hex' AS $$
DECLARE
    key_columns text[];
BEGIN
    SELECT array_agg(a.attname::text ORDER BY k.place) INTO STRICT key_columns
    FROM pg_constraint AS c
    CROSS JOIN unnest(c.conkey) WITH ORDINALITY AS k (attnum, place)
    JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.attnum
    WHERE c.conrelid = format('history.%I', joining)::regclass AND c.contype = 'p' AND a.attname <> 'municipality_code';
    EXECUTE format('ALTER TABLE history.%I ENABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY', joining);
    ALTER TABLE history.entry NO FORCE ROW LEVEL SECURITY;
    EXECUTE format('SELECT count(history.enter_row(%L, to_jsonb(t), %L, %L)) FROM history.%I AS t', joining, key_columns, personal_columns, joining);
    ALTER TABLE history.entry FORCE ROW LEVEL SECURITY;
    EXECUTE format('ALTER TABLE history.%I FORCE ROW LEVEL SECURITY', joining);
    EXECUTE format('DROP POLICY IF EXISTS city ON history.%I', joining);
    EXECUTE format('CREATE POLICY city ON history.%I USING (municipality_code = shared.city())', joining);
    EXECUTE format('DROP TRIGGER IF EXISTS never_changed ON history.%I', joining);
    EXECUTE format('DROP TRIGGER IF EXISTS never_emptied ON history.%I', joining);
    EXECUTE format('CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON history.%I FOR EACH ROW EXECUTE FUNCTION history.refuse_change(%L)', joining, personal_columns);
    EXECUTE format('CREATE TRIGGER never_emptied BEFORE TRUNCATE ON history.%I FOR EACH STATEMENT EXECUTE FUNCTION history.refuse_change()', joining);
    EXECUTE format('CREATE TRIGGER entered AFTER INSERT ON history.%I FOR EACH ROW EXECUTE FUNCTION history.enter(%L, %L)', joining, key_columns, personal_columns);
END
$$;

ALTER TABLE history.entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE history.entry FORCE ROW LEVEL SECURITY;
CREATE POLICY city ON history.entry USING (municipality_code = shared.city());
CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON history.entry FOR EACH ROW EXECUTE FUNCTION history.refuse_change('{salt}');
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON history.entry FOR EACH STATEMENT EXECUTE FUNCTION history.refuse_change();

-- Who is named by a row can be erased later, never left out from the beginning.
CREATE FUNCTION history.refuse_nameless() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a row of % names a person', TG_TABLE_NAME USING ERRCODE = 'not_null_violation';
END
$$;
ALTER TABLE history.issuance_subject ALTER person_number DROP NOT NULL, ALTER household_number DROP NOT NULL;
CREATE TRIGGER names_person BEFORE INSERT ON history.issuance_subject
    FOR EACH ROW WHEN (NEW.person_number IS NULL OR NEW.household_number IS NULL) EXECUTE FUNCTION history.refuse_nameless();
ALTER TABLE history.my_number_read ALTER person_number DROP NOT NULL;
CREATE TRIGGER names_person BEFORE INSERT ON history.my_number_read
    FOR EACH ROW WHEN (NEW.person_number IS NULL) EXECUTE FUNCTION history.refuse_nameless();
ALTER TABLE history.refusal_reason ALTER reason DROP NOT NULL;
CREATE TRIGGER names_person BEFORE INSERT ON history.refusal_reason
    FOR EACH ROW WHEN (NEW.reason IS NULL) EXECUTE FUNCTION history.refuse_nameless();

SELECT history.join_log('transition');
SELECT history.join_log('issuance');
SELECT history.join_log('issuance_subject', '{person_number,household_number}');
SELECT history.join_log('outcome');
SELECT history.join_log('alert');
SELECT history.join_log('my_number_read', '{person_number}');
SELECT history.join_log('refusal_reason', '{reason,person_number}');

-- The batcher needs the commitments and nothing else.
REVOKE SELECT ON ALL TABLES IN SCHEMA history FROM logger;
GRANT SELECT (municipality_code, transaction_id, entry_id, commitment, entered_at) ON history.entry TO logger;
GRANT SELECT ON history.entry TO fsck;
