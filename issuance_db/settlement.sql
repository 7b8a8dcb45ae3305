-- The centre's daily statements and what matching found, as the role `staff`.

-- name: only_centre
-- The city's callers of the channel 'centre'.
SELECT caller_id FROM issuance.caller WHERE municipality_code = $1 AND channel = 'centre' ORDER BY caller_id

-- name: wait_for_turn
-- Whoever takes in or matches statements of one caller waits for whoever does.
SELECT pg_advisory_xact_lock(hashtextextended('statement/' || $1 || '/' || $2, 0))

-- name: newest
-- The edition that counts.
SELECT edition, closed_at, lines, sha256, lines_sha256
FROM history.statement
WHERE municipality_code = $1 AND caller_id = $2 AND statement_on = $3
ORDER BY edition DESC
LIMIT 1

-- name: add_statement
-- One edition.
INSERT INTO history.statement (
    municipality_code, caller_id, statement_on, edition, closed_at, lines, sha256, lines_sha256, imported_at
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)

-- name: add_lines
-- Many of its lines.
INSERT INTO history.statement_line (
    municipality_code, caller_id, statement_on, edition, line, issuance_number, kind, terminal_operator, terminal_store, terminal_id,
    occurred_at, outcome, fee_yen, request_id
)
SELECT $1, $2, $3, $4, g.line, g.issuance_number, g.kind, g.terminal_operator, g.terminal_store, g.terminal_id, g.occurred_at, g.outcome,
    g.fee_yen, nullif(g.request_id, '')
FROM unnest(
    $5::int[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::timestamptz[], $12::text[], $13::int[], $14::text[]
) AS g (
    line, issuance_number, kind, terminal_operator, terminal_store, terminal_id, occurred_at, outcome, fee_yen, request_id
)

-- name: lines
-- As they stand in the file.
SELECT line, issuance_number, kind, terminal_operator, terminal_store, terminal_id, occurred_at, outcome, fee_yen,
    coalesce(request_id, '') AS request_id
FROM history.statement_line
WHERE municipality_code = $1 AND caller_id = $2 AND statement_on = $3 AND edition = $4
ORDER BY line

-- name: closed_before
-- Up to which instant the statements before this day are complete.
SELECT max(closed_at) FROM history.statement WHERE municipality_code = $1 AND caller_id = $2 AND statement_on < $3

-- name: answered
-- Our answers to this caller, by number.
SELECT i.issuance_number, i.kind, i.terminal_operator, i.terminal_store, i.terminal_id, i.fee_yen, i.request_id, i.recorded_at,
    o.outcome, o.fee_collected, o.reported_by
FROM history.issuance AS i
LEFT JOIN history.outcome AS o ON o.municipality_code = i.municipality_code AND o.issuance_number = i.issuance_number
WHERE i.municipality_code = $1 AND i.caller_id = $2 AND i.issuance_number = ANY ($3::text[])

-- name: due
-- Our answers to this caller recorded from $3 to before $4.
SELECT issuance_number
FROM history.issuance
WHERE municipality_code = $1 AND caller_id = $2 AND recorded_at >= $3 AND recorded_at < $4

-- name: unsent
-- Numbers that an attempt for this caller had and no answer carries.
SELECT i.issuance_number
FROM issuance.intent AS i
WHERE i.municipality_code = $1 AND i.caller_id = $2 AND i.issuance_number = ANY ($3::text[]) AND i.state <> 'recorded'

-- name: stated_elsewhere
-- Which of these numbers the statements of other days name, themselves or by the request, each in the edition that counts.
-- Asked of each number by itself (OFFSET 0), by the index of names and never by the key (|| ''): lines that came in this transaction
-- are in no statistics yet.
SELECT n.issuance_number
FROM unnest($4::text[], $5::text[]) AS n (issuance_number, request_id)
WHERE EXISTS (
    SELECT FROM history.statement_line AS l
    WHERE l.municipality_code = $1 AND l.caller_id || '' = $2 AND l.issuance_number = n.issuance_number AND l.statement_on <> $3
        AND l.edition = (
            SELECT max(s.edition) FROM history.statement AS s
            WHERE s.municipality_code = $1 AND s.caller_id = $2 AND s.statement_on = l.statement_on
        )
    OFFSET 0
) OR EXISTS (
    SELECT FROM history.statement_line AS l
    WHERE l.municipality_code = $1 AND l.caller_id || '' = $2 AND l.request_id = n.request_id AND l.issuance_number = ''
        AND l.statement_on <> $3
        AND l.edition = (
            SELECT max(s.edition) FROM history.statement AS s
            WHERE s.municipality_code = $1 AND s.caller_id = $2 AND s.statement_on = l.statement_on
        )
    OFFSET 0
)

-- name: numbers_of_requests
-- Our answers to these requests.
SELECT request_id, issuance_number FROM history.issuance
WHERE municipality_code = $1 AND caller_id = $2 AND request_id = ANY ($3::text[])

-- name: settle_outcomes
-- The outcomes of answers nobody reported on.
SELECT history.settle_outcomes($1, $2, $3)

-- name: add_differences
-- Each once, with an alert for what no edition of the day had before; says how many alerts were opened.
WITH given AS (
    SELECT g.issuance_number, g.finding, g.line, g.ours, g.theirs, g.detail, (
        SELECT max(s.alert_id) FROM history.settlement AS s
        WHERE s.municipality_code = $1 AND s.caller_id = $2 AND s.statement_on = $3 AND s.issuance_number = g.issuance_number
            AND s.finding = g.finding
    ) AS alert_id
    FROM unnest($6::text[], $7::text[], $8::int[], $9::text[], $10::text[], $11::text[])
        AS g (issuance_number, finding, line, ours, theirs, detail)
), opened AS (
    INSERT INTO history.alert (municipality_code, cause, issuance_number, caller_id, detail)
    SELECT $1, 'settlement/' || g.finding, g.issuance_number, $2, g.detail FROM given AS g WHERE g.alert_id IS NULL
    RETURNING alert_id, issuance_number, cause
), added AS (
    INSERT INTO history.settlement (
        municipality_code, caller_id, statement_on, edition, issuance_number, finding, settled_at, line, ours, theirs, alert_id
    )
    SELECT $1, $2, $3, $4, g.issuance_number, g.finding, $5, g.line, g.ours, g.theirs, coalesce(g.alert_id, o.alert_id)
    FROM given AS g
    LEFT JOIN opened AS o ON o.issuance_number = g.issuance_number AND o.cause = 'settlement/' || g.finding
    ON CONFLICT DO NOTHING
    RETURNING 1
)
SELECT count(o.alert_id) FROM opened AS o

-- name: add_match
-- How it came out, if that is not how it came out last.
INSERT INTO history.statement_match (
    municipality_code, caller_id, statement_on, edition, agreed, settled, differences, matched_at
)
SELECT $1, $2, $3, $4, $5, $6, $7, $8
WHERE NOT EXISTS (
    SELECT FROM (
        SELECT m.agreed, m.settled, m.differences FROM history.statement_match AS m
        WHERE m.municipality_code = $1 AND m.caller_id = $2 AND m.statement_on = $3 AND m.edition = $4
        ORDER BY m.match_id DESC LIMIT 1
    ) AS last
    WHERE (last.agreed, last.settled, last.differences) = ($5::int, $6::int, $7::int)
)

-- name: month_is_closed
-- Whether the month of a day is.
SELECT history.month_is_closed($1, $2)

-- name: newest_month
-- The last statement of a whole month.
SELECT edition, sha256 FROM history.month_statement
WHERE municipality_code = $1 AND caller_id = $2 AND month = $3
ORDER BY edition DESC
LIMIT 1

-- name: add_month
-- A statement of a whole month.
INSERT INTO history.month_statement (municipality_code, caller_id, month, edition, lines, days_changed, sha256, imported_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
