-- Settlement by staff: monthly statements, layouts of each centre, lines that name a request or nothing, what became of each
-- difference, handling fees, and months that are closed. New columns of logged tables may be NULL: rows of before still verify.
SET LOCAL ROLE history_owner;

ALTER TABLE history.statement ADD lines_sha256 bytea;  -- of the lines themselves, whatever file they came in
ALTER TABLE history.statement_line ADD request_id text;
ALTER TABLE history.settlement ADD line integer;
ALTER TABLE history.settlement ADD ours text;
ALTER TABLE history.settlement ADD theirs text;
ALTER TABLE history.settlement ADD alert_id bigint;
ALTER TABLE history.settlement DROP CONSTRAINT settlement_finding_check;
ALTER TABLE history.settlement ADD CONSTRAINT settlement_finding_check CHECK (finding ~ '^[a-z_]{1,30}$');
CREATE INDEX statement_line_request ON history.statement_line (municipality_code, caller_id, request_id) WHERE request_id IS NOT NULL;

-- How one matching of an edition came out. What agreed is not listed line by line: the lines and the outcomes say it.
CREATE TABLE history.statement_match (
    municipality_code text NOT NULL,
    match_id bigint GENERATED ALWAYS AS IDENTITY,
    caller_id text NOT NULL,
    statement_on date NOT NULL,
    edition smallint NOT NULL,
    agreed integer NOT NULL,
    settled integer NOT NULL,
    differences integer NOT NULL,
    matched_at timestamptz NOT NULL,
    PRIMARY KEY (municipality_code, match_id),
    FOREIGN KEY (municipality_code, caller_id, statement_on, edition)
        REFERENCES history.statement (municipality_code, caller_id, statement_on, edition)
);
CREATE INDEX statement_match_day ON history.statement_match (municipality_code, caller_id, statement_on, edition);

-- A statement of a whole month; its lines are the next edition of each day that they change.
CREATE TABLE history.month_statement (
    municipality_code text NOT NULL,
    caller_id text NOT NULL,
    month date NOT NULL CHECK (extract(day FROM month) = 1),
    edition smallint NOT NULL CHECK (edition > 0),
    lines integer NOT NULL,
    days_changed smallint NOT NULL,
    sha256 bytea NOT NULL,
    imported_at timestamptz NOT NULL,
    PRIMARY KEY (municipality_code, caller_id, month, edition)
);

-- Closed and reopened in turns; the numbers have no gaps, so that two who close at once are one.
CREATE TABLE history.settlement_month (
    municipality_code text NOT NULL,
    caller_id text NOT NULL,
    month date NOT NULL CHECK (extract(day FROM month) = 1),
    act_number smallint NOT NULL CHECK (act_number > 0),
    is_closed boolean NOT NULL CHECK (is_closed = (act_number % 2 = 1)),
    acted_by text NOT NULL CHECK (shared.same_name(acted_by) <> ''),
    reason text NOT NULL CHECK (btrim(reason) <> ''),
    acted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality_code, caller_id, month, act_number)
);
CREATE FUNCTION history.month_is_closed(caller text, day date) RETURNS boolean
LANGUAGE sql STABLE
RETURN coalesce((
    SELECT m.is_closed FROM history.settlement_month AS m
    WHERE m.municipality_code = shared.city() AND m.caller_id = caller AND m.month = date_trunc('month', day)::date
    ORDER BY m.act_number DESC LIMIT 1
), false);

-- Nothing is taken in or matched in a month that is closed.
CREATE FUNCTION history.require_open_month() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF history.month_is_closed(NEW.caller_id, NEW.statement_on) THEN
        RAISE EXCEPTION 'the month is closed' USING ERRCODE = 'KS090';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER open_month BEFORE INSERT ON history.statement FOR EACH ROW EXECUTE FUNCTION history.require_open_month();
CREATE TRIGGER open_month BEFORE INSERT ON history.statement_match FOR EACH ROW EXECUTE FUNCTION history.require_open_month();
CREATE TRIGGER open_month BEFORE INSERT ON history.settlement FOR EACH ROW EXECUTE FUNCTION history.require_open_month();

SELECT history.join_log('statement_match');
SELECT history.join_log('month_statement');
SELECT history.join_log('settlement_month');
GRANT SELECT, INSERT ON history.statement_match, history.month_statement, history.settlement_month TO staff;
GRANT SELECT ON history.statement_match, history.month_statement, history.settlement_month TO fsck;
GRANT EXECUTE ON FUNCTION history.month_is_closed(text, date) TO staff;

-- As before, for many lines at once, and for lines that name the request instead of the number.
CREATE FUNCTION history.settle_outcomes(caller text, statement_day date, line_numbers integer[]) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH line AS (
        SELECT l.*
        FROM history.statement_line AS l
        WHERE l.municipality_code = shared.city() AND l.caller_id = caller AND l.statement_on = statement_day
            AND l.line = ANY (line_numbers)
            AND l.edition = (
                SELECT max(s.edition)
                FROM history.statement AS s
                WHERE s.municipality_code = shared.city() AND s.caller_id = caller AND s.statement_on = statement_day
            )
    ), about AS (
        SELECT l.line, l.edition, l.outcome, l.fee_yen, l.occurred_at, i.issuance_number, i.request_id
        FROM line AS l
        JOIN history.issuance AS i
            ON i.municipality_code = shared.city() AND i.caller_id = caller AND i.issuance_number = l.issuance_number
        WHERE l.issuance_number <> ''
        UNION ALL
        SELECT l.line, l.edition, l.outcome, l.fee_yen, l.occurred_at, i.issuance_number, i.request_id
        FROM line AS l
        JOIN history.issuance AS i
            ON i.municipality_code = shared.city() AND i.caller_id = caller AND i.request_id = l.request_id
        WHERE l.issuance_number = ''
    ), settled AS (
        INSERT INTO history.outcome (municipality_code, issuance_number, outcome, fee_collected, occurred_at, reported_by)
        SELECT shared.city(), a.issuance_number, a.outcome, a.fee_yen > 0, a.occurred_at, 'statement/' || statement_day
        FROM about AS a
        WHERE NOT EXISTS (
            SELECT FROM history.statement_line AS o
            WHERE o.municipality_code = shared.city() AND o.caller_id = caller AND o.statement_on = statement_day
                AND o.edition = a.edition AND o.line <> a.line AND o.issuance_number = a.issuance_number
        ) AND NOT EXISTS (
            SELECT FROM history.statement_line AS o
            WHERE o.municipality_code = shared.city() AND o.caller_id = caller AND o.statement_on = statement_day
                AND o.edition = a.edition AND o.line <> a.line AND o.issuance_number = '' AND o.request_id = a.request_id
        )
        ON CONFLICT (municipality_code, issuance_number) DO NOTHING
        RETURNING 1
    )
    SELECT count(*) FROM settled;
END;
GRANT EXECUTE ON FUNCTION history.settle_outcomes(text, date, integer[]) TO staff;
CREATE OR REPLACE FUNCTION history.settle_outcome(caller text, statement_day date, line_number integer) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN history.settle_outcomes(caller, statement_day, ARRAY[line_number]) > 0;

SET LOCAL ROLE issuance_owner;
-- How a centre's tables are laid out, and what its words mean; the newest counts.
CREATE TABLE issuance.statement_layout (
    municipality_code text NOT NULL,
    caller_id text NOT NULL,
    layout_id bigint GENERATED ALWAYS AS IDENTITY,
    layout jsonb NOT NULL,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality_code, caller_id, layout_id)
);
-- What the centre and the shop keep of each certificate printed (委託手数料), by JST date.
CREATE TABLE issuance.handling_fee (
    municipality_code text NOT NULL,
    caller_id text NOT NULL,
    effective_from date NOT NULL,
    yen integer NOT NULL CHECK (yen BETWEEN 0 AND 100000),
    PRIMARY KEY (municipality_code, caller_id, effective_from)
);
DO $$
DECLARE
    table_name text;
BEGIN
    FOREACH table_name IN ARRAY ARRAY['statement_layout', 'handling_fee'] LOOP
        EXECUTE format('ALTER TABLE issuance.%I ENABLE ROW LEVEL SECURITY', table_name);
        EXECUTE format('ALTER TABLE issuance.%I FORCE ROW LEVEL SECURITY', table_name);
        EXECUTE format('CREATE POLICY city ON issuance.%I USING (municipality_code = shared.city())', table_name);
        EXECUTE format('GRANT SELECT, INSERT ON issuance.%I TO staff', table_name);
    END LOOP;
END
$$;
