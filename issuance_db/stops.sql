-- name: list
-- Stops that are in force or still to come, or all of them, newest first, with who approved a restart.
SELECT s.stop_id, s.kind, s.starts_at, s.ends_at, s.cause, s.reason,
    array(
        SELECT a.approved_by FROM issuance.restart_approval AS a
        WHERE a.municipality_code = s.municipality_code AND a.stop_id = s.stop_id ORDER BY a.approved_at
    ) AS approved_by
FROM issuance.service_stop AS s
WHERE s.municipality_code = $1 AND ($2 OR s.ends_at IS NULL OR s.ends_at > $3)
ORDER BY s.stop_id DESC

-- name: set
-- A planned window, or at once. No kind means every kind.
INSERT INTO issuance.service_stop (municipality_code, kind, starts_at, ends_at, cause, reason)
VALUES ($1, $2, $3, $4, CASE WHEN $3::timestamptz > $5::timestamptz THEN 'planned' ELSE 'ordered' END, $6)
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
RETURNING stop_id
