-- The centre's daily statements and what matching found, as the role `staff`.

-- name: only_centre
-- The city's callers of the channel 'centre'.
SELECT caller_id FROM issuance.caller WHERE municipality_code = $1 AND channel = 'centre' ORDER BY caller_id

-- name: wait_for_turn
-- Whoever takes in or matches statements of one caller waits for whoever does.
SELECT pg_advisory_xact_lock(hashtextextended('statement/' || $1 || '/' || $2, 0))

-- name: newest
-- The edition that counts.
SELECT edition, closed_at, lines, sha256
FROM history.statement
WHERE municipality_code = $1 AND caller_id = $2 AND statement_on = $3
ORDER BY edition DESC
LIMIT 1

-- name: add_statement
-- One edition.
INSERT INTO history.statement (municipality_code, caller_id, statement_on, edition, closed_at, lines, sha256, imported_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: add_line
-- One line of it.
INSERT INTO history.statement_line (
    municipality_code, caller_id, statement_on, edition, line, issuance_number, kind, terminal_operator, terminal_store, terminal_id,
    occurred_at, outcome, fee_yen
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)

-- name: lines
-- As they stand in the file.
SELECT line, issuance_number, kind, terminal_operator, terminal_store, terminal_id, occurred_at, outcome, fee_yen
FROM history.statement_line
WHERE municipality_code = $1 AND caller_id = $2 AND statement_on = $3 AND edition = $4
ORDER BY line

-- name: closed_before
-- Up to which instant the statements before this day are complete.
SELECT max(closed_at) FROM history.statement WHERE municipality_code = $1 AND caller_id = $2 AND statement_on < $3

-- name: answered
-- Our answers to this caller, by number.
SELECT i.issuance_number, i.kind, i.terminal_operator, i.terminal_store, i.terminal_id, i.fee_yen, o.outcome, o.fee_collected, o.reported_by
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
-- Which of these numbers the statements of other days name, each in the edition that counts.
SELECT DISTINCT l.issuance_number
FROM history.statement_line AS l
WHERE l.municipality_code = $1 AND l.caller_id = $2 AND l.statement_on <> $3 AND l.issuance_number = ANY ($4::text[])
    AND l.edition = (
        SELECT max(s.edition) FROM history.statement AS s
        WHERE s.municipality_code = l.municipality_code AND s.caller_id = l.caller_id AND s.statement_on = l.statement_on
    )

-- name: settle_outcome
-- The outcome of an answer nobody reported on.
SELECT history.settle_outcome($1, $2, $3)

-- name: add_finding
-- Once; says whether any edition of the day had it before.
INSERT INTO history.settlement (municipality_code, caller_id, statement_on, edition, issuance_number, finding, settled_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT DO NOTHING
RETURNING NOT EXISTS (
    SELECT FROM history.settlement AS before
    WHERE before.municipality_code = $1 AND before.caller_id = $2 AND before.statement_on = $3 AND before.edition < $4
        AND before.issuance_number = $5 AND before.finding = $6
) AS is_new
