-- The invariants of the whole history. Each query returns the subject of what breaks its rule: an issuance number, or a request as
-- caller/call/id. $1 the city, $2 the instant (UTC) before which whatever is still open is overdue.

-- name: issuance_without_recorded_intent
-- The trigger refuses it at the time; this looks at what stands there now.
SELECT h.issuance_number AS subject
FROM history.issuance AS h
LEFT JOIN issuance.intent AS i ON i.municipality_code = h.municipality_code AND i.issuance_number = h.issuance_number
WHERE h.municipality_code = $1 AND h.recorded_at < $2 AND (
    i.state IS DISTINCT FROM 'recorded' OR i.caller_id <> h.caller_id OR i.request_id <> h.request_id OR i.kind <> h.kind
    OR i.channel <> h.channel OR i.fee_yen <> h.fee_yen OR i.pages <> h.pages OR i.instant <> h.instant
)

-- name: issuance_with_other_digests
-- What was inspected and permitted is what was entered.
SELECT h.issuance_number AS subject
FROM history.issuance AS h
JOIN issuance.intent AS i ON i.municipality_code = h.municipality_code AND i.issuance_number = h.issuance_number
WHERE h.municipality_code = $1 AND h.recorded_at < $2 AND (
    i.snapshot_digest <> h.snapshot_digest OR i.document_digest IS DISTINCT FROM h.document_digest
    OR length(h.file_digest) <> 32 OR h.file_bytes <= 0
)

-- name: issuance_without_answered_request
-- An answer withdrawn for a later suppression is refused, and keeps its number.
SELECT h.issuance_number AS subject
FROM history.issuance AS h
LEFT JOIN issuance.request AS r
    ON r.municipality_code = h.municipality_code AND r.caller_id = h.caller_id AND r.call = 'issuances' AND r.request_id = h.request_id
WHERE h.municipality_code = $1 AND h.recorded_at < $2 AND (
    r.issuance_number IS DISTINCT FROM h.issuance_number
    OR NOT (r.state = 'answered' OR r.state = 'refused' AND r.result_code = 'not_available')
)

-- name: answer_without_issuance
-- A fee without an answer would begin here.
SELECT r.caller_id || '/' || r.call || '/' || r.request_id AS subject
FROM issuance.request AS r
LEFT JOIN history.issuance AS h ON h.municipality_code = r.municipality_code AND h.issuance_number = r.issuance_number
WHERE r.municipality_code = $1 AND r.call = 'issuances' AND (r.state = 'answered' OR r.issuance_number IS NOT NULL)
    AND (h.caller_id IS DISTINCT FROM r.caller_id OR h.request_id IS DISTINCT FROM r.request_id)

-- name: recorded_intent_without_issuance
-- The point of no return was passed and the books do not know.
SELECT i.issuance_number AS subject
FROM issuance.intent AS i
LEFT JOIN history.issuance AS h ON h.municipality_code = i.municipality_code AND h.issuance_number = i.issuance_number
WHERE i.municipality_code = $1 AND i.state = 'recorded' AND h.issuance_number IS NULL

-- name: request_with_two_certificates
-- One request is one copy.
SELECT i.caller_id || '/' || i.call || '/' || i.request_id AS subject
FROM issuance.intent AS i
WHERE i.municipality_code = $1 AND i.state = 'recorded'
GROUP BY i.caller_id, i.call, i.request_id
HAVING count(*) > 1

-- name: other_subjects
-- Whom the books name is whom the intent named; person numbers may have been erased at retention.
SELECT coalesce(h.issuance_number, i.issuance_number) AS subject
FROM (
    SELECT s.* FROM history.issuance_subject AS s WHERE s.municipality_code = $1
) AS h
FULL JOIN (
    SELECT s.* FROM issuance.intent_subject AS s
    JOIN issuance.intent AS i ON i.municipality_code = s.municipality_code AND i.issuance_number = s.issuance_number
    WHERE s.municipality_code = $1 AND i.state = 'recorded'
) AS i ON i.issuance_number = h.issuance_number AND i.position = h.position
WHERE (i.person_sequence, i.household_sequence, i.printed_as) IS DISTINCT FROM (h.person_sequence, h.household_sequence, h.printed_as)
    OR h.person_number <> i.person_number OR h.household_number <> i.household_number
GROUP BY 1

-- name: asked_by_not_one
-- Exactly one of those shown asked, or the asking person is not on the certificate and nobody is marked.
SELECT s.issuance_number AS subject
FROM history.issuance_subject AS s
WHERE s.municipality_code = $1
GROUP BY s.issuance_number
HAVING count(*) FILTER (WHERE s.asked_by) > 1

-- name: serial_given_twice
-- Epoch and running number stand in a number once, whatever its date.
SELECT min(i.issuance_number) AS subject
FROM issuance.intent AS i
WHERE i.municipality_code = $1
GROUP BY substr(i.issuance_number, 10, 11)
HAVING count(*) > 1

-- name: number_of_another_day_or_epoch
-- The date in a number is the day of its instant in Japan, and its epoch has begun.
SELECT i.issuance_number AS subject
FROM issuance.intent AS i
CROSS JOIN shared.installation AS n
WHERE i.municipality_code = $1 AND (
    i.issuance_number !~ '^[0-9]{8}-[0-9]{2}-[0-9]{8}-[0-9]$'
    OR substr(i.issuance_number, 1, 8) <> to_char(i.instant AT TIME ZONE 'Asia/Tokyo', 'YYYYMMDD')
    OR substr(i.issuance_number, 10, 2)::integer > n.epoch
)

-- name: all_numbers
-- For the check digit, which is reckoned by the program.
SELECT i.issuance_number AS subject FROM issuance.intent AS i WHERE i.municipality_code = $1

-- name: issuance_without_its_steps
-- Proposed, permitted, answered: each once for this number, in this order.
SELECT h.issuance_number AS subject
FROM history.issuance AS h
WHERE h.municipality_code = $1 AND h.recorded_at < $2 AND ARRAY['proposed', 'permitted', 'answered'] <> array(
    SELECT t.state
    FROM history.transition AS t
    WHERE t.municipality_code = h.municipality_code AND t.caller_id = h.caller_id AND t.call = 'issuances' AND t.request_id = h.request_id
        AND t.issuance_number = h.issuance_number AND t.state <> 'withdrawn'
    ORDER BY t.step
)

-- name: request_left_open
-- The sweeper ends what its holder did not.
SELECT r.caller_id || '/' || r.call || '/' || r.request_id AS subject
FROM issuance.request AS r
WHERE r.municipality_code = $1 AND r.state = 'accepted' AND r.lease_until < $2

-- name: attempt_left_open
-- Whatever was proposed ends as recorded, void or quarantined.
SELECT i.issuance_number AS subject
FROM issuance.intent AS i
JOIN issuance.request AS r
    ON r.municipality_code = i.municipality_code AND r.caller_id = i.caller_id AND r.call = i.call AND r.request_id = i.request_id
WHERE i.municipality_code = $1 AND i.state IN ('proposed', 'permitted') AND i.proposed_at < $2
    AND (r.state <> 'accepted' OR r.lease_until < $2 OR i.lease_token < r.lease_token)

-- name: request_not_as_its_last_step
-- A withdrawn answer is a refused request.
SELECT r.caller_id || '/' || r.call || '/' || r.request_id AS subject
FROM issuance.request AS r
LEFT JOIN LATERAL (
    SELECT t.state, t.code
    FROM history.transition AS t
    WHERE t.municipality_code = r.municipality_code AND t.caller_id = r.caller_id AND t.call = r.call AND t.request_id = r.request_id
        AND t.state IN ('accepted', 'answered', 'refused', 'abandoned', 'withdrawn')
    ORDER BY t.step DESC
    LIMIT 1
) AS last ON true
WHERE r.municipality_code = $1 AND r.accepted_at < $2 AND (
    last.state IS NULL OR r.state <> CASE last.state WHEN 'withdrawn' THEN 'refused' ELSE last.state END
    OR r.state <> 'accepted' AND r.result_code IS DISTINCT FROM last.code
)

-- name: attempt_not_as_its_last_step
-- A recorded intent was answered.
SELECT i.issuance_number AS subject
FROM issuance.intent AS i
LEFT JOIN LATERAL (
    SELECT t.state
    FROM history.transition AS t
    WHERE t.municipality_code = i.municipality_code AND t.caller_id = i.caller_id AND t.call = i.call AND t.request_id = i.request_id
        AND t.issuance_number = i.issuance_number AND t.state <> 'withdrawn'
    ORDER BY t.step DESC
    LIMIT 1
) AS last ON true
WHERE i.municipality_code = $1 AND i.proposed_at < $2
    AND i.state IS DISTINCT FROM CASE last.state WHEN 'answered' THEN 'recorded' ELSE last.state END

-- name: step_missing
-- Steps are numbered from 1 without a gap.
SELECT t.caller_id || '/' || t.call || '/' || t.request_id AS subject
FROM history.transition AS t
WHERE t.municipality_code = $1
GROUP BY t.caller_id, t.call, t.request_id
HAVING min(t.step) <> 1 OR max(t.step) <> count(*)

-- name: step_altered
-- Each step carries the digest of the one before and of its own content.
SELECT s.subject
FROM (
    SELECT t.caller_id || '/' || t.call || '/' || t.request_id AS subject, t.previous_digest, t.digest,
        lag(t.digest, 1, ''::bytea) OVER steps AS before,
        CASE WHEN t.salt IS NOT NULL THEN history.step_digest(
            t.previous_digest, t.salt, ARRAY[t.municipality_code, t.caller_id, t.call, t.request_id], t.step, t.state, t.code,
            t.issuance_number, t.happened_at
        ) ELSE t.digest END AS reckoned
    FROM history.transition AS t
    WHERE t.municipality_code = $1
    WINDOW steps AS (PARTITION BY t.municipality_code, t.caller_id, t.call, t.request_id ORDER BY t.step)
) AS s
WHERE s.previous_digest <> s.before OR s.digest <> s.reckoned
GROUP BY s.subject

-- name: step_of_an_unknown_request
-- History without a request: the request's row was removed.
SELECT DISTINCT t.caller_id || '/' || t.call || '/' || t.request_id AS subject
FROM history.transition AS t
LEFT JOIN issuance.request AS r
    ON r.municipality_code = t.municipality_code AND r.caller_id = t.caller_id AND r.call = t.call AND r.request_id = t.request_id
WHERE t.municipality_code = $1 AND r.request_id IS NULL

-- name: answer_kept_for_nothing
-- Bytes are kept for an answered request only, and destroyed in time.
SELECT k.issuance_number AS subject
FROM (SELECT a.issuance_number, a.expires_at FROM issuance.kept_answer AS a WHERE a.municipality_code = $1) AS k
LEFT JOIN issuance.intent AS i ON i.municipality_code = $1 AND i.issuance_number = k.issuance_number
LEFT JOIN issuance.request AS r
    ON r.municipality_code = $1 AND r.caller_id = i.caller_id AND r.call = i.call AND r.request_id = i.request_id
WHERE i.state IS DISTINCT FROM 'recorded' OR r.state IS DISTINCT FROM 'answered' OR k.expires_at < $2

-- name: mismatch_without_stop_and_alert
-- A mismatch stops its kind and opens an alert before anything else.
SELECT i.issuance_number AS subject
FROM issuance.intent AS i
WHERE i.municipality_code = $1 AND i.state = 'quarantined' AND NOT (
    EXISTS (
        SELECT FROM issuance.service_stop AS s
        WHERE s.municipality_code = $1 AND s.kind = i.kind AND s.cause = 'mismatch' AND s.starts_at >= i.proposed_at - interval '1 day'
    ) AND EXISTS (
        SELECT FROM history.alert AS a
        WHERE a.municipality_code = $1 AND a.issuance_number = i.issuance_number AND a.cause = 'mismatch'
    )
)

-- name: stop_ended_by_one
-- A kind stopped for a mismatch is restarted by two persons.
SELECT s.stop_id::text AS subject
FROM issuance.service_stop AS s
WHERE s.municipality_code = $1 AND s.cause = 'mismatch' AND s.ends_at IS NOT NULL AND (
    SELECT count(*) FROM issuance.restart_approval AS a WHERE a.municipality_code = $1 AND a.stop_id = s.stop_id
) < 2

-- name: outcome_before_answer
-- What came of a certificate was reported after it was recorded.
SELECT o.issuance_number AS subject
FROM history.outcome AS o
LEFT JOIN history.issuance AS h ON h.municipality_code = o.municipality_code AND h.issuance_number = o.issuance_number
WHERE o.municipality_code = $1 AND (h.issuance_number IS NULL OR o.reported_at < h.recorded_at - interval '1 minute')
