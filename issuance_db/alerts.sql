-- name: list
-- Open ones, or all of them, oldest first: an alert is closed by a confirmed explanation and by nothing else.
SELECT a.alert_id, a.cause, a.issuance_number, a.caller_id, a.request_id, a.detail, a.opened_at, c.confirmed_at IS NULL AS is_open,
    e.explained_by IS NOT NULL AS is_explained, e.explained_by, t.taken_by
FROM history.alert AS a
LEFT JOIN history.alert_confirmation AS c ON c.municipality_code = a.municipality_code AND c.alert_id = a.alert_id
LEFT JOIN LATERAL (
    SELECT said.explained_by FROM history.alert_explanation AS said
    WHERE said.municipality_code = a.municipality_code AND said.alert_id = a.alert_id
    ORDER BY said.explanation_id DESC LIMIT 1
) AS e ON true
LEFT JOIN LATERAL (
    SELECT taken.acted_by AS taken_by FROM history.staff_act AS taken
    WHERE taken.municipality_code = a.municipality_code AND taken.concerns = a.alert_id::text AND taken.act = 'alert_taken'
    ORDER BY taken.act_id DESC LIMIT 1
) AS t ON true
WHERE a.municipality_code = $1 AND ($2 OR c.alert_id IS NULL)
ORDER BY a.alert_id

-- name: show
-- The alert with what was sent under its number, and what was reported of it.
SELECT a.alert_id, a.cause, a.issuance_number, a.caller_id, a.request_id, a.detail, a.opened_at, c.confirmed_at IS NULL AS is_open,
    i.kind, i.pages, i.recorded_at AS sent_at, i.caller_id AS sent_to, i.terminal_operator, i.terminal_store, i.terminal_id,
    encode(i.file_digest, 'hex') AS file_digest, o.outcome, o.occurred_at, o.reported_by, c.confirmed_by, c.confirmed_at,
    t.taken_by, t.taken_at
FROM history.alert AS a
LEFT JOIN history.issuance AS i ON i.municipality_code = a.municipality_code AND i.issuance_number = a.issuance_number
LEFT JOIN history.outcome AS o ON o.municipality_code = a.municipality_code AND o.issuance_number = a.issuance_number
LEFT JOIN history.alert_confirmation AS c ON c.municipality_code = a.municipality_code AND c.alert_id = a.alert_id
LEFT JOIN LATERAL (
    SELECT taken.acted_by AS taken_by, taken.acted_at AS taken_at FROM history.staff_act AS taken
    WHERE taken.municipality_code = a.municipality_code AND taken.concerns = a.alert_id::text AND taken.act = 'alert_taken'
    ORDER BY taken.act_id DESC LIMIT 1
) AS t ON true
WHERE a.municipality_code = $1 AND a.alert_id = $2

-- name: explanations
-- Everything that was said about it, oldest first.
SELECT explanation_id, explained_by, explanation, explained_at
FROM history.alert_explanation
WHERE municipality_code = $1 AND alert_id = $2
ORDER BY explanation_id

-- name: explain
-- One more explanation; the last one is what a second person confirms. Nothing comes back for an alert that is not open.
INSERT INTO history.alert_explanation (municipality_code, alert_id, explained_by, explanation)
SELECT a.municipality_code, a.alert_id, $3, $4
FROM history.alert AS a
WHERE a.municipality_code = $1 AND a.alert_id = $2 AND NOT EXISTS (
    SELECT FROM history.alert_confirmation AS c WHERE c.municipality_code = a.municipality_code AND c.alert_id = a.alert_id
)
RETURNING explanation_id

-- name: confirm
-- The last explanation, by another person, or the database refuses; that of a number ($4) only while it is the last one.
-- Nothing comes back where there is nothing to confirm.
INSERT INTO history.alert_confirmation (municipality_code, alert_id, explanation_id, confirmed_by)
SELECT $1, $2, e.explanation_id, $3
FROM (
    SELECT max(said.explanation_id) AS explanation_id FROM history.alert_explanation AS said
    WHERE said.municipality_code = $1 AND said.alert_id = $2
) AS e
WHERE e.explanation_id = coalesce($4, e.explanation_id)
ON CONFLICT (municipality_code, alert_id) DO NOTHING
RETURNING alert_id

-- name: count_open
-- For the figure and for doctor.
SELECT count(a.alert_id)
FROM history.alert AS a
WHERE a.municipality_code = $1 AND NOT EXISTS (
    SELECT FROM history.alert_confirmation AS c WHERE c.municipality_code = a.municipality_code AND c.alert_id = a.alert_id
)
