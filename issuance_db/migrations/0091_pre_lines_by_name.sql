-- Lines by what they name. The caller comes last: lines that came in this transaction are in no statistics yet, and the primary key,
-- which begins with city and caller, must not look as good as these.
SET LOCAL ROLE history_owner;
DROP INDEX history.statement_line_request;
DROP INDEX history.statement_line_number;
CREATE INDEX statement_line_number ON history.statement_line (municipality_code, issuance_number, caller_id);
CREATE INDEX statement_line_request ON history.statement_line (municipality_code, request_id, caller_id) WHERE issuance_number = '';

-- As before, but the lines of the day are read once, however many are settled.
CREATE OR REPLACE FUNCTION history.settle_outcomes(caller text, statement_day date, line_numbers integer[]) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH named AS MATERIALIZED (
        SELECT l.line, l.outcome, l.fee_yen, l.occurred_at, CASE WHEN l.issuance_number <> '' THEN l.issuance_number ELSE (
            SELECT r.issuance_number FROM history.issuance AS r
            WHERE r.municipality_code = shared.city() AND r.caller_id = caller AND r.request_id = l.request_id
        ) END AS issuance_number
        FROM history.statement_line AS l
        WHERE l.municipality_code = shared.city() AND l.caller_id = caller AND l.statement_on = statement_day
            AND l.edition = (
                SELECT max(s.edition)
                FROM history.statement AS s
                WHERE s.municipality_code = shared.city() AND s.caller_id = caller AND s.statement_on = statement_day
            )
    ), counted AS MATERIALIZED (
        SELECT n.line, n.outcome, n.fee_yen, n.occurred_at, n.issuance_number, count(*) OVER (PARTITION BY n.issuance_number) AS times
        FROM named AS n
    ), settled AS (
        INSERT INTO history.outcome (municipality_code, issuance_number, outcome, fee_collected, occurred_at, reported_by)
        SELECT i.municipality_code, i.issuance_number, c.outcome, c.fee_yen > 0, c.occurred_at, 'statement/' || statement_day
        FROM counted AS c
        JOIN history.issuance AS i
            ON i.municipality_code = shared.city() AND i.issuance_number = c.issuance_number AND i.caller_id = caller
        WHERE c.times = 1 AND c.line = ANY (line_numbers)
        ON CONFLICT (municipality_code, issuance_number) DO NOTHING
        RETURNING 1
    )
    SELECT count(*) FROM settled;
END;
