-- The log itself: leaves and nodes of each city's Merkle tree, signed checkpoints, what the witness accepted; and erasing at retention.
SET LOCAL ROLE history_owner;

-- A personal commitment hides the row by itself; a salt is kept only where there is something to erase.
CREATE OR REPLACE FUNCTION history.enter_row(table_name text, content jsonb, key_columns text[], personal_columns text[]) RETURNS void
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
        CASE WHEN personal_columns <> '{}' THEN salt END, personal_commitment,
        sha256(personal_commitment || convert_to(table_name || E'\n' || open_columns::text, 'UTF8'))
    );
END
$$;
DROP INDEX history.entry_issuance;
CREATE INDEX entry_of_row ON history.entry (municipality_code, table_name, row_key) WHERE salt IS NOT NULL OR table_name = 'issuance';

-- The tree ------------------------------------------------------------------------------------------------------------------

-- Leaf numbers begin at 0 and have no gap: each refers to the one before it. Given by the batcher alone.
CREATE TABLE history.leaf (
    municipality_code text NOT NULL,
    leaf_number bigint NOT NULL CHECK (leaf_number >= 0),
    previous_number bigint GENERATED ALWAYS AS (nullif(leaf_number, 0) - 1) STORED,
    transaction_id xid8 NOT NULL,
    entry_id bigint NOT NULL,
    leaf_hash bytea NOT NULL CHECK (octet_length(leaf_hash) = 32),
    PRIMARY KEY (municipality_code, leaf_number),
    UNIQUE (municipality_code, transaction_id, entry_id),
    FOREIGN KEY (municipality_code, previous_number) REFERENCES history.leaf (municipality_code, leaf_number),
    FOREIGN KEY (municipality_code, transaction_id, entry_id) REFERENCES history.entry (municipality_code, transaction_id, entry_id)
);
-- Complete subtrees of 256, 65,536 … leaves: enough to find any other node by few reads.
CREATE TABLE history.node (
    municipality_code text NOT NULL,
    level smallint NOT NULL CHECK (level > 0 AND level % 8 = 0),
    node_index bigint NOT NULL,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (municipality_code, level, node_index)
);
-- One for each batch. Every transaction below the horizon had ended when the batch was read, and its rows are in the tree.
CREATE TABLE history.checkpoint (
    municipality_code text NOT NULL,
    tree_size bigint NOT NULL CHECK (tree_size > 0),
    last_leaf bigint GENERATED ALWAYS AS (tree_size - 1) STORED,
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    horizon xid8 NOT NULL,
    note text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality_code, tree_size),
    FOREIGN KEY (municipality_code, last_leaf) REFERENCES history.leaf (municipality_code, leaf_number)
);
CREATE TABLE history.cosignature (
    municipality_code text NOT NULL,
    tree_size bigint NOT NULL,
    witness text NOT NULL,
    signature text NOT NULL,
    accepted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality_code, tree_size, witness),
    FOREIGN KEY (municipality_code, tree_size) REFERENCES history.checkpoint (municipality_code, tree_size)
);

-- Where the batcher begins to look. A horizon above every transaction id of this server was written on another one (a logical copy).
CREATE FUNCTION history.batched_below() RETURNS xid8
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN coalesce((
    SELECT CASE WHEN c.horizon > pg_snapshot_xmax(pg_current_snapshot()) THEN '0'::xid8 ELSE c.horizon END
    FROM history.checkpoint AS c WHERE c.municipality_code = shared.city()
    ORDER BY c.tree_size DESC LIMIT 1
), '0'::xid8);

-- Since when the oldest row waits for the batcher, and the oldest checkpoint for the witness; NULL when nothing waits.
CREATE FUNCTION history.log_lag() RETURNS TABLE (unbatched_since timestamptz, unwitnessed_since timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        (
            SELECT min(e.entered_at) FROM history.entry AS e
            WHERE e.municipality_code = shared.city() AND e.transaction_id >= (SELECT history.batched_below())
                AND NOT EXISTS (
                    SELECT FROM history.leaf AS l
                    WHERE l.municipality_code = e.municipality_code AND l.transaction_id = e.transaction_id AND l.entry_id = e.entry_id
                )
        ),
        (
            SELECT min(c.made_at) FROM history.checkpoint AS c
            WHERE c.municipality_code = shared.city() AND c.tree_size > coalesce((
                SELECT max(s.tree_size) FROM history.cosignature AS s WHERE s.municipality_code = shared.city()
            ), 0)
        );
END;

-- Erasing at retention -----------------------------------------------------------------------------------------------------------

-- Decided: claims of a municipality, the fee among them, lapse after five years (地方自治法 236 条); nothing younger is touched.
CREATE FUNCTION history.retention() RETURNS interval LANGUAGE sql IMMUTABLE RETURN interval '5 years';

CREATE TABLE history.erasure (
    municipality_code text NOT NULL,
    erasure_id bigint GENERATED ALWAYS AS IDENTITY,
    entered_before timestamptz NOT NULL,
    reason text NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality_code, erasure_id)
);
CREATE TABLE history.erasure_approval (
    municipality_code text NOT NULL,
    erasure_id bigint NOT NULL,
    approved_by text NOT NULL CHECK (approved_by <> ''),
    approved_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality_code, erasure_id, approved_by),
    FOREIGN KEY (municipality_code, erasure_id) REFERENCES history.erasure (municipality_code, erasure_id)
);
CREATE TABLE history.erased (
    municipality_code text NOT NULL,
    erasure_id bigint NOT NULL,
    table_name text NOT NULL,
    row_count bigint NOT NULL,
    erased_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality_code, erasure_id, table_name),
    FOREIGN KEY (municipality_code, erasure_id) REFERENCES history.erasure (municipality_code, erasure_id)
);

-- The erasure that is being carried out, if two persons approved it.
CREATE FUNCTION history.erased_before() RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN (
    SELECT least(e.entered_before, clock_timestamp() - history.retention()) FROM history.erasure AS e
    WHERE e.municipality_code = shared.city() AND e.erasure_id = nullif(current_setting('kiosk.erasure', true), '')::bigint
        AND (
            SELECT count(*) FROM history.erasure_approval AS a
            WHERE a.municipality_code = e.municipality_code AND a.erasure_id = e.erasure_id
        ) >= 2
);

-- Whether a change does nothing but erase the personal columns of a row whose time is over.
CREATE FUNCTION history.only_erases(changing text, before jsonb, after jsonb, personal_columns text[], key_columns text[]) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN before - personal_columns = after - personal_columns
    AND NOT EXISTS (SELECT FROM unnest(personal_columns) AS erased (name) WHERE after ->> erased.name IS NOT NULL)
    AND CASE WHEN changing = 'entry' THEN (before ->> 'entered_at')::timestamptz < history.erased_before() ELSE EXISTS (
        SELECT FROM history.entry AS e
        WHERE e.municipality_code = before ->> 'municipality_code' AND e.table_name = changing AND e.salt IS NOT NULL
            AND e.row_key = (SELECT jsonb_agg(before -> k.name ORDER BY k.place) FROM unnest(key_columns) WITH ORDINALITY AS k (name, place))
            AND e.entered_at < history.erased_before()
            AND EXISTS (
                SELECT FROM history.leaf AS l
                WHERE l.municipality_code = e.municipality_code AND l.transaction_id = e.transaction_id AND l.entry_id = e.entry_id
            )
    ) END;

CREATE OR REPLACE FUNCTION history.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND TG_NARGS > 1 AND TG_ARGV[0] <> '{}' AND history.only_erases(
        TG_TABLE_NAME, to_jsonb(OLD), to_jsonb(NEW), TG_ARGV[0]::text[], TG_ARGV[1]::text[]
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'history is never changed' USING ERRCODE = 'KS002';
END
$$;

-- Carries out an approved erasure in one table; each is a row of history, and so a leaf. The tables are those with personal columns.
CREATE FUNCTION history.erase_in(erasure bigint, erasing text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    arguments text[];
    cutoff timestamptz;
    assignments text;
    key_list text;
    done bigint;
BEGIN
    PERFORM set_config('kiosk.erasure', erasure::text, true);
    cutoff := history.erased_before();
    IF cutoff IS NULL THEN
        RAISE EXCEPTION 'an erasure is approved by two persons' USING ERRCODE = 'KS008';
    END IF;
    SELECT string_to_array(encode(t.tgargs, 'escape'), '\000') INTO STRICT arguments FROM pg_trigger AS t
    WHERE t.tgrelid = format('history.%I', erasing)::regclass AND t.tgname = 'never_changed';
    SELECT string_agg(format('%I = NULL', name), ', ') INTO assignments FROM unnest(arguments[1]::text[]) AS erased (name);
    SELECT string_agg(format('to_jsonb(t.%I)', name), ', ') INTO key_list FROM unnest(arguments[2]::text[]) AS keys (name);
    EXECUTE format(
        'UPDATE history.%I AS t SET %s FROM history.entry AS e WHERE e.municipality_code = t.municipality_code AND e.table_name = %L '
        'AND e.row_key = jsonb_build_array(%s) AND e.salt IS NOT NULL AND e.entered_at < $1',
        erasing, assignments, erasing, key_list
    ) USING cutoff;
    GET DIAGNOSTICS done = ROW_COUNT;
    UPDATE history.entry AS e SET salt = NULL WHERE e.table_name = erasing AND e.salt IS NOT NULL AND e.entered_at < cutoff;
    INSERT INTO history.erased (municipality_code, erasure_id, table_name, row_count) VALUES (shared.city(), erasure, erasing, done);
    PERFORM set_config('kiosk.erasure', '', true);
    RETURN done;
END
$$;

-- As before, and the guard against changes knows the key of a row, so that it finds its entry.
CREATE OR REPLACE FUNCTION history.join_log(joining text, personal_columns text[] DEFAULT '{}') RETURNS void
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
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = format('history.%I', joining)::regclass AND tgname = 'entered') THEN
        ALTER TABLE history.entry NO FORCE ROW LEVEL SECURITY;
        EXECUTE format('SELECT count(history.enter_row(%L, to_jsonb(t), %L, %L)) FROM history.%I AS t', joining, key_columns, personal_columns, joining);
        ALTER TABLE history.entry FORCE ROW LEVEL SECURITY;
        EXECUTE format('CREATE TRIGGER entered AFTER INSERT ON history.%I FOR EACH ROW EXECUTE FUNCTION history.enter(%L, %L)', joining, key_columns, personal_columns);
    END IF;
    EXECUTE format('ALTER TABLE history.%I FORCE ROW LEVEL SECURITY', joining);
    EXECUTE format('DROP POLICY IF EXISTS city ON history.%I', joining);
    EXECUTE format('CREATE POLICY city ON history.%I USING (municipality_code = shared.city())', joining);
    EXECUTE format('DROP TRIGGER IF EXISTS never_changed ON history.%I', joining);
    EXECUTE format('DROP TRIGGER IF EXISTS never_emptied ON history.%I', joining);
    EXECUTE format('CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON history.%I FOR EACH ROW EXECUTE FUNCTION history.refuse_change(%L, %L)', joining, personal_columns, key_columns);
    EXECUTE format('CREATE TRIGGER never_emptied BEFORE TRUNCATE ON history.%I FOR EACH STATEMENT EXECUTE FUNCTION history.refuse_change()', joining);
END
$$;
SELECT history.join_log('issuance_subject', '{person_number,household_number}');
SELECT history.join_log('my_number_read', '{person_number}');
SELECT history.join_log('refusal_reason', '{reason,person_number}');
SELECT history.join_log('erasure');
SELECT history.join_log('erasure_approval');
SELECT history.join_log('erased');
DROP TRIGGER never_changed ON history.entry;
CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON history.entry
    FOR EACH ROW EXECUTE FUNCTION history.refuse_change('{salt}', '{entry_id}');

-- Rights -------------------------------------------------------------------------------------------------------------------------

DO $$
DECLARE
    table_name text;
BEGIN
    FOREACH table_name IN ARRAY ARRAY['leaf', 'node', 'checkpoint', 'cosignature'] LOOP
        EXECUTE format('ALTER TABLE history.%I ENABLE ROW LEVEL SECURITY', table_name);
        EXECUTE format('ALTER TABLE history.%I FORCE ROW LEVEL SECURITY', table_name);
        EXECUTE format('CREATE POLICY city ON history.%I USING (municipality_code = shared.city())', table_name);
        EXECUTE format('CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON history.%I FOR EACH ROW EXECUTE FUNCTION history.refuse_change(%L)', table_name, '{}');
        EXECUTE format('CREATE TRIGGER never_emptied BEFORE TRUNCATE ON history.%I FOR EACH STATEMENT EXECUTE FUNCTION history.refuse_change(%L)', table_name, '{}');
        EXECUTE format('GRANT SELECT, INSERT ON history.%I TO logger', table_name);
        EXECUTE format('GRANT SELECT ON history.%I TO fsck', table_name);
    END LOOP;
END
$$;
GRANT SELECT ON history.erasure, history.erasure_approval, history.erased TO fsck, staff, purger;
GRANT INSERT (municipality_code, entered_before, reason) ON history.erasure TO purger;
GRANT INSERT (municipality_code, erasure_id, approved_by) ON history.erasure_approval TO purger;
GRANT EXECUTE ON FUNCTION history.erase_in(bigint, text) TO purger;
GRANT EXECUTE ON FUNCTION history.log_lag() TO front, staff, logger, fsck;
GRANT EXECUTE ON FUNCTION history.batched_below() TO logger;
-- An alert when the witness refuses, and none beside one that is open.
GRANT INSERT (municipality_code, cause, detail) ON history.alert TO logger;
GRANT SELECT (municipality_code, cause, opened_at) ON history.alert TO logger;
