-- name: list
-- Stops that are in force or still to come, then those that ended, newest first; who set it, who ended it, who approved a restart.
SELECT s.stop_id, s.kind, s.person_number, s.household_number, s.terminal_operator, s.terminal_store, s.terminal_id,
    s.starts_at, s.ends_at, s.cause, s.reason,
    array(
        SELECT a.approved_by FROM issuance.restart_approval AS a
        WHERE a.municipality_code = s.municipality_code AND a.stop_id = s.stop_id ORDER BY a.approved_at
    ) AS approved_by,
    (
        SELECT min(t.acted_by) FROM history.staff_act AS t
        WHERE t.municipality_code = s.municipality_code AND t.concerns = s.stop_id::text AND t.act = 'stop_set'
    ) AS set_by,
    (
        SELECT min(t.acted_by) FROM history.staff_act AS t
        WHERE t.municipality_code = s.municipality_code AND t.concerns = s.stop_id::text AND t.act = 'stop_ended'
    ) AS ended_by
FROM issuance.service_stop AS s
WHERE s.municipality_code = $1 AND ($2 OR coalesce(s.ends_at, 'infinity') > $3)
ORDER BY coalesce(s.ends_at, 'infinity') > $3 DESC, s.stop_id DESC
LIMIT $4

-- name: set
-- A planned window, or at once. What is not named is not limited: nothing named stops everything.
INSERT INTO issuance.service_stop (
    municipality_code, starts_at, ends_at, cause, reason,
    kind, person_number, household_number, terminal_operator, terminal_store, terminal_id
)
VALUES ($1, $2, $3, CASE WHEN $2::timestamptz > $4::timestamptz THEN 'planned' ELSE 'ordered' END, $5, $6, $7, $8, $9, $10, $11)
RETURNING stop_id

-- name: approve
-- One of the two persons who restart a kind that was stopped for a mismatch. Nothing comes back for another stop or the same person.
INSERT INTO issuance.restart_approval (municipality_code, stop_id, approved_by, reason)
SELECT s.municipality_code, s.stop_id, $3, $4
FROM issuance.service_stop AS s
WHERE s.municipality_code = $1 AND s.stop_id = $2 AND s.cause = 'mismatch' AND s.ends_at IS NULL
ON CONFLICT DO NOTHING
RETURNING stop_id

-- name: end
-- The database refuses for a mismatch without two approvals. Nothing comes back where nothing is stopped.
UPDATE issuance.service_stop SET ends_at = $3
WHERE municipality_code = $1 AND stop_id = $2 AND (ends_at IS NULL OR ends_at > $3)
RETURNING stop_id, person_number
