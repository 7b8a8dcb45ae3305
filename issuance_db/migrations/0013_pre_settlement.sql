-- Daily matching: what the centre's statement of a day says, line by line, and what matching found. INSERT and SELECT only.
SET LOCAL ROLE history_owner;

-- One row for each edition (版) that was taken in; the highest of a day is the one that counts.
-- closed_at: the instant up to which the centre says everything is in it.
CREATE TABLE history.statement (
    municipality_code text NOT NULL,
    caller_id text NOT NULL,
    statement_on date NOT NULL,
    edition smallint NOT NULL CHECK (edition > 0),
    closed_at timestamptz NOT NULL,
    lines integer NOT NULL,
    sha256 bytea NOT NULL,
    imported_at timestamptz NOT NULL,
    PRIMARY KEY (municipality_code, caller_id, statement_on, edition)
);
CREATE TABLE history.statement_line (
    municipality_code text NOT NULL,
    caller_id text NOT NULL,
    statement_on date NOT NULL,
    edition smallint NOT NULL,
    line integer NOT NULL,
    issuance_number text NOT NULL,
    kind text NOT NULL,
    terminal_operator text NOT NULL,
    terminal_store text NOT NULL,
    terminal_id text NOT NULL,
    occurred_at timestamptz NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('printed', 'cancelled', 'failed')),
    fee_yen integer NOT NULL CHECK (fee_yen >= 0),
    PRIMARY KEY (municipality_code, caller_id, statement_on, edition, line),
    FOREIGN KEY (municipality_code, caller_id, statement_on, edition)
        REFERENCES history.statement (municipality_code, caller_id, statement_on, edition)
);
CREATE INDEX statement_line_number ON history.statement_line (municipality_code, caller_id, issuance_number);

-- What matching found, once for each edition.
CREATE TABLE history.settlement (
    municipality_code text NOT NULL,
    caller_id text NOT NULL,
    statement_on date NOT NULL,
    edition smallint NOT NULL,
    issuance_number text NOT NULL,
    finding text NOT NULL CHECK (finding IN (
        'agreed', 'settled', 'outcome_differs', 'fee_differs', 'kind_differs', 'place_differs', 'double_line', 'never_sent', 'not_ours',
        'not_in_statement'
    )),
    settled_at timestamptz NOT NULL,
    PRIMARY KEY (municipality_code, caller_id, statement_on, edition, issuance_number, finding),
    FOREIGN KEY (municipality_code, caller_id, statement_on, edition)
        REFERENCES history.statement (municipality_code, caller_id, statement_on, edition)
);

-- The outcome of an answer nobody reported on, taken from its only line in the edition that counts: the one way in which
-- staff write an outcome.
CREATE FUNCTION history.settle_outcome(caller text, statement_day date, line_number integer) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH newest AS (
        SELECT max(s.edition) AS edition
        FROM history.statement AS s
        WHERE s.municipality_code = shared.city() AND s.caller_id = caller AND s.statement_on = statement_day
    ), settled AS (
        INSERT INTO history.outcome (municipality_code, issuance_number, outcome, fee_collected, occurred_at, reported_by)
        SELECT i.municipality_code, i.issuance_number, l.outcome, l.fee_yen > 0, l.occurred_at, 'statement/' || statement_day
        FROM newest
        JOIN history.statement_line AS l
            ON l.municipality_code = shared.city() AND l.caller_id = caller AND l.statement_on = statement_day
            AND l.edition = newest.edition AND l.line = line_number
        JOIN history.issuance AS i
            ON i.municipality_code = l.municipality_code AND i.caller_id = caller AND i.issuance_number = l.issuance_number
        WHERE NOT EXISTS (
            SELECT FROM history.statement_line AS o
            WHERE o.municipality_code = l.municipality_code AND o.caller_id = caller AND o.statement_on = statement_day
                AND o.edition = l.edition AND o.issuance_number = l.issuance_number AND o.line <> l.line
        )
        ON CONFLICT (municipality_code, issuance_number) DO NOTHING
        RETURNING 1
    )
    SELECT EXISTS (SELECT FROM settled);
END;

DO $$
DECLARE
    table_name text;
BEGIN
    FOREACH table_name IN ARRAY ARRAY['statement', 'statement_line', 'settlement'] LOOP
        EXECUTE format('ALTER TABLE history.%I ENABLE ROW LEVEL SECURITY', table_name);
        EXECUTE format('ALTER TABLE history.%I FORCE ROW LEVEL SECURITY', table_name);
        EXECUTE format('CREATE POLICY city ON history.%I USING (municipality_code = shared.city())', table_name);
        EXECUTE format('CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON history.%I FOR EACH ROW EXECUTE FUNCTION history.refuse_change()', table_name);
        EXECUTE format('CREATE TRIGGER never_emptied BEFORE TRUNCATE ON history.%I FOR EACH STATEMENT EXECUTE FUNCTION history.refuse_change()', table_name);
        EXECUTE format('GRANT SELECT, INSERT ON history.%I TO staff', table_name);
        EXECUTE format('GRANT SELECT ON history.%I TO fsck, logger', table_name);
    END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION history.settle_outcome(text, date, integer) TO staff;
GRANT INSERT ON history.alert TO staff;
