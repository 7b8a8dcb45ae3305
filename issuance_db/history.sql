-- name: step
-- The facts of the next step; the database numbers it, salts it and chains it to the one before.
INSERT INTO history.transition (municipality_code, caller_id, call, request_id, state, code, issuance_number, happened_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: refusal_reason
-- For staff only.
INSERT INTO history.refusal_reason (municipality_code, caller_id, call, request_id, happened_at, reason, person_number)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT DO NOTHING

-- name: my_number_read
-- Each read of a My Number, allowed or refused, with its purpose.
INSERT INTO history.my_number_read (municipality_code, issuance_number, person_number, purpose, allowed) VALUES ($1, $2, $3, $4, $5)

-- name: alert
-- Stays open until someone explains the delivery.
INSERT INTO history.alert (municipality_code, cause, issuance_number, caller_id, request_id, detail) VALUES ($1, $2, $3, $4, $5, $6)

-- name: callers_alert
-- Who heard no answer tells it again: the same of the same caller is one alert while that is open.
INSERT INTO history.alert (municipality_code, cause, issuance_number, caller_id, request_id, detail)
SELECT $1, $2, $3, $4, $5, $6
WHERE NOT EXISTS (
    SELECT FROM history.alert AS a
    WHERE a.municipality_code = $1 AND a.cause = $2 AND a.caller_id = $4 AND a.detail = $6
        AND a.issuance_number IS NOT DISTINCT FROM $3 AND a.request_id IS NOT DISTINCT FROM $5
        AND NOT EXISTS (
            SELECT FROM history.alert_confirmation AS c WHERE c.municipality_code = a.municipality_code AND c.alert_id = a.alert_id
        )
)

-- name: daily_alert
-- Not again within a day: what lasts is one alert, not one for each request.
INSERT INTO history.alert (municipality_code, cause, detail)
SELECT $1, $2, $3
WHERE NOT EXISTS (
    SELECT FROM history.alert AS a
    WHERE a.municipality_code = $1 AND a.cause = $2 AND a.opened_at > clock_timestamp() - interval '1 day'
)

-- name: outcome_of
-- What was reported of an issuance, if anything, and who received it.
SELECT i.caller_id, i.kind, i.recorded_at, o.outcome, o.fee_collected, o.occurred_at
FROM history.issuance AS i
LEFT JOIN history.outcome AS o ON o.municipality_code = i.municipality_code AND o.issuance_number = i.issuance_number
WHERE i.municipality_code = $1 AND i.issuance_number = $2

-- name: outcome
-- The first report stands; a second never replaces it.
INSERT INTO history.outcome (municipality_code, issuance_number, outcome, fee_collected, occurred_at, reported_by)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT DO NOTHING
RETURNING issuance_number

-- name: failing_place
-- Where this number was sent, if the last three reports of that terminal within a day are all of prints that failed.
SELECT concat_ws('/', sent.terminal_operator, sent.terminal_store, sent.terminal_id)
FROM history.issuance AS sent
WHERE sent.municipality_code = $1 AND sent.issuance_number = $2 AND 3 = (
    SELECT count(*) FILTER (WHERE last.outcome = 'failed')
    FROM (
        SELECT o.outcome FROM history.issuance AS i
        JOIN history.outcome AS o ON o.municipality_code = i.municipality_code AND o.issuance_number = i.issuance_number
        WHERE i.municipality_code = $1 AND i.recorded_at > sent.recorded_at - interval '1 day'
            AND (i.terminal_operator, i.terminal_store, i.terminal_id) = (sent.terminal_operator, sent.terminal_store, sent.terminal_id)
        ORDER BY o.reported_at DESC
        LIMIT 3
    ) AS last
)

-- name: list
-- Newest first, for staff and for export.
SELECT r.request_id, r.issuance_number, r.state, r.result_code, r.kind, i.fee_yen AS fee, r.accepted_at, r.caller_id, r.channel,
    r.terminal_operator, r.terminal_store, r.terminal_id, i.pages, o.outcome,
    (
        SELECT extract(epoch FROM max(s.age))::bigint FROM history.issuance_source AS s
        WHERE s.municipality_code = r.municipality_code AND s.issuance_number = r.issuance_number
    ) AS data_age_seconds,
    h.level_asked, h.level_made, h.level_reason
FROM issuance.request AS r
LEFT JOIN issuance.intent AS i ON i.municipality_code = r.municipality_code AND i.issuance_number = r.issuance_number
LEFT JOIN history.issuance AS h ON h.municipality_code = r.municipality_code AND h.issuance_number = r.issuance_number
LEFT JOIN history.outcome AS o ON o.municipality_code = r.municipality_code AND o.issuance_number = r.issuance_number
WHERE r.municipality_code = $1 AND r.call = 'issuances'
    AND ($2::timestamptz IS NULL OR r.accepted_at >= $2) AND ($3::timestamptz IS NULL OR r.accepted_at < $3)
ORDER BY r.accepted_at DESC, r.request_id
LIMIT $4

-- name: level
-- The signature level of one issuance: wanted, made, and why it is lower. NULL where nothing above B-B was wanted.
SELECT level_asked AS asked, level_made AS made, level_reason AS reason
FROM history.issuance
WHERE municipality_code = $1 AND issuance_number = $2 AND level_asked IS NOT NULL

-- name: steps
-- What happened to the request behind an issuance number, step by step.
SELECT t.step, t.state, t.code, t.issuance_number, t.happened_at, encode(t.digest, 'hex') AS digest,
    t.digest = history.step_digest(
        t.previous_digest, t.salt, ARRAY[t.municipality_code, t.caller_id, t.call, t.request_id], t.step, t.state, t.code,
        t.issuance_number, t.happened_at
    ) AS whole
FROM history.transition AS t
JOIN issuance.intent AS i
    ON i.municipality_code = t.municipality_code AND i.caller_id = t.caller_id AND i.call = t.call AND i.request_id = t.request_id
WHERE i.municipality_code = $1 AND i.issuance_number = $2
ORDER BY t.step
