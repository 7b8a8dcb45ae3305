-- name: request_left_open
-- A lease that ran out is ended by the sweeper, or by whoever asks again.
SELECT format('%s/%s/%s', r.caller_id, r.call, r.request_id) AS concern
FROM issuance.request AS r
WHERE r.municipality_code = $1 AND r.state = 'accepted' AND r.lease_until < $2
ORDER BY 1

-- name: attempt_left_open
-- An attempt ends as recorded, void or quarantined; nobody works on it past the lease of its request.
SELECT i.issuance_number AS concern
FROM issuance.intent AS i
JOIN issuance.request AS r
    ON r.municipality_code = i.municipality_code AND r.caller_id = i.caller_id AND r.call = i.call AND r.request_id = i.request_id
WHERE i.municipality_code = $1 AND i.state IN ('proposed', 'permitted') AND r.lease_until < $2
ORDER BY 1

-- name: attempt_times_missing
-- What has ended says when, and what was permitted too.
SELECT i.issuance_number AS concern
FROM issuance.intent AS i
WHERE i.municipality_code = $1 AND (
    (i.state IN ('proposed', 'permitted')) <> (i.ended_at IS NULL)
    OR (i.state IN ('permitted', 'recorded')) AND i.permitted_at IS NULL
    OR i.state = 'proposed' AND i.permitted_at IS NOT NULL
)
ORDER BY 1

-- name: quarantined_without_stop
-- A mismatch stops its kind, and at once.
SELECT i.issuance_number AS concern
FROM issuance.intent AS i
LEFT JOIN issuance.quarantine AS q ON q.municipality_code = i.municipality_code AND q.issuance_number = i.issuance_number
WHERE i.municipality_code = $1 AND (i.state = 'quarantined' OR q.issuance_number IS NOT NULL)
    AND NOT EXISTS (
        SELECT FROM issuance.service_stop AS s
        WHERE s.municipality_code = i.municipality_code AND s.kind = i.kind AND s.cause = 'mismatch'
            AND s.starts_at BETWEEN i.instant AND i.instant + interval '1 hour'
    )
ORDER BY 1

-- name: quarantined_without_alert
-- And opens an alert that names the number.
SELECT i.issuance_number AS concern
FROM issuance.intent AS i
LEFT JOIN issuance.quarantine AS q ON q.municipality_code = i.municipality_code AND q.issuance_number = i.issuance_number
WHERE i.municipality_code = $1 AND (i.state = 'quarantined' OR q.issuance_number IS NOT NULL)
    AND NOT EXISTS (
        SELECT FROM history.alert AS a
        WHERE a.municipality_code = i.municipality_code AND a.issuance_number = i.issuance_number AND a.cause = 'mismatch'
    )
ORDER BY 1

-- name: quarantined_without_document
-- The document that failed is kept for two persons; its entry stays when the document is deleted.
SELECT i.issuance_number AS concern
FROM issuance.intent AS i
LEFT JOIN issuance.quarantine AS q ON q.municipality_code = i.municipality_code AND q.issuance_number = i.issuance_number
WHERE i.municipality_code = $1 AND i.state = 'quarantined' AND q.issuance_number IS NULL
ORDER BY 1

-- name: quarantined_and_answered
-- What was quarantined was never answered.
SELECT q.issuance_number AS concern
FROM issuance.quarantine AS q
LEFT JOIN issuance.intent AS i ON i.municipality_code = q.municipality_code AND i.issuance_number = q.issuance_number
WHERE q.municipality_code = $1 AND (i.state IS NULL OR i.state = 'recorded')
ORDER BY 1

-- name: quarantine_past_its_time
-- The sweeper destroys quarantined documents when their time is over, several times an hour.
SELECT q.issuance_number AS concern
FROM issuance.quarantine AS q
WHERE q.municipality_code = $1 AND q.destroyed_at IS NULL AND q.delete_after < $2::timestamptz - interval '1 hour'
ORDER BY 1

-- name: kept_past_its_time
-- Kept answers are destroyed when their time is over.
SELECT k.issuance_number AS concern
FROM issuance.kept_answer AS k
WHERE k.municipality_code = $1 AND k.expires_at < $2
ORDER BY 1
