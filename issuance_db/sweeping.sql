-- name: overdue
-- Requests whose lease ran out, and requests with an attempt still open that their lease no longer covers.
SELECT r.caller_id, r.call, r.request_id
FROM issuance.request AS r
WHERE r.municipality_code = $1 AND r.state = 'accepted' AND r.lease_until <= $2
UNION
SELECT i.caller_id, i.call, i.request_id
FROM issuance.intent AS i
JOIN issuance.request AS r
    ON r.municipality_code = i.municipality_code AND r.caller_id = i.caller_id AND r.call = i.call AND r.request_id = i.request_id
WHERE i.municipality_code = $1 AND i.state IN ('proposed', 'permitted')
    AND (r.state <> 'accepted' OR i.lease_token < r.lease_token)
LIMIT $3

-- name: hold
-- The row stays ours until the transaction ends; one that somebody is just ending is left alone.
SELECT lease_token, state, lease_until FROM issuance.request
WHERE municipality_code = $1 AND caller_id = $2 AND call = $3 AND request_id = $4
FOR UPDATE SKIP LOCKED

-- name: abandon
-- Not final: asked again, the request begins a new attempt with a new number.
UPDATE issuance.request SET state = 'abandoned', result_code = 'timed_out'
WHERE municipality_code = $1 AND caller_id = $2 AND call = $3 AND request_id = $4 AND lease_token = $5 AND state = 'accepted'

-- name: destroy_kept_answers
-- Past their time; the function can do nothing else.
SELECT issuance.destroy_kept_answers($1)
