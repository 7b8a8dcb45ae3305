-- name: list
-- Every document that failed, newest first; the entry stays when the document has gone.
SELECT q.issuance_number, q.cause, q.quarantined_at, q.delete_after, q.destroyed_at,
    array(
        SELECT a.approved_by FROM issuance.quarantine_approval AS a
        WHERE a.municipality_code = q.municipality_code AND a.issuance_number = q.issuance_number ORDER BY a.approved_at
    ) AS approved_by
FROM issuance.quarantine AS q
WHERE q.municipality_code = $1
ORDER BY q.quarantined_at DESC

-- name: approve
-- Nothing comes back for a document that is not there any more, or for the same person.
INSERT INTO issuance.quarantine_approval (municipality_code, issuance_number, approved_by, reason)
SELECT q.municipality_code, q.issuance_number, $3, $4
FROM issuance.quarantine AS q
WHERE q.municipality_code = $1 AND q.issuance_number = $2 AND q.destroyed_at IS NULL
ON CONFLICT DO NOTHING
RETURNING issuance_number

-- name: open
-- The function demands two approvals, one of them by who opens, and writes the act.
SELECT o.sealed, o.key_version FROM issuance.open_quarantined($1, $2) AS o
