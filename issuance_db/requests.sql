-- name: accept
-- One INSERT decides whose request this is; a twin finds the row already there. The first step comes with it.
WITH accepted AS (
    INSERT INTO issuance.request (
        municipality_code, caller_id, call, request_id, fingerprint, kind, channel, terminal_operator, terminal_store, terminal_id,
        accepted_at, deadline_at, lease_token, lease_until, state
    )
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, nextval('issuance.lease_token'), $12, 'accepted')
    ON CONFLICT DO NOTHING
    RETURNING accepted_at, deadline_at, lease_token
),
step AS (
    INSERT INTO history.transition (municipality_code, caller_id, call, request_id, state, happened_at)
    SELECT $1, $2, $3, $4, 'accepted', accepted_at FROM accepted
)
SELECT accepted_at, deadline_at, lease_token FROM accepted

-- name: find
-- The row as it is now, without waiting for whoever holds it.
SELECT fingerprint, accepted_at, deadline_at, lease_token, lease_until, state, result_code, issuance_number
FROM issuance.request
WHERE municipality_code = $1 AND caller_id = $2 AND call = $3 AND request_id = $4

-- name: take_over
-- A new attempt: after an answer that was not final, or after the lease of a holder that never came back ran out.
-- The new token fences the old holder off.
UPDATE issuance.request
SET lease_token = nextval('issuance.lease_token'), lease_until = $6, accepted_at = $5, deadline_at = $6,
    state = 'accepted', result_code = NULL, issuance_number = NULL, node = DEFAULT
WHERE municipality_code = $1 AND caller_id = $2 AND call = $3 AND request_id = $4
    AND (state = 'abandoned' OR state = 'accepted' AND lease_until <= $5)
RETURNING accepted_at, deadline_at, lease_token

-- name: finish
-- Only the holder of the lease may end the request, and only once.
UPDATE issuance.request
SET state = $6, result_code = $7, issuance_number = $8
WHERE municipality_code = $1 AND caller_id = $2 AND call = $3 AND request_id = $4
    AND lease_token = $5 AND state = 'accepted'
RETURNING request_id

-- name: withdraw
-- An answer already given becomes not_available when a suppression arrived before it was asked for again.
UPDATE issuance.request
SET state = 'refused', result_code = 'not_available'
WHERE municipality_code = $1 AND caller_id = $2 AND call = $3 AND request_id = $4 AND state = 'answered'
RETURNING request_id

-- name: new_instant
-- The permit fell on a later JST date than the acceptance: the attempt starts again with this moment as its instant.
UPDATE issuance.request
SET accepted_at = $6
WHERE municipality_code = $1 AND caller_id = $2 AND call = $3 AND request_id = $4 AND lease_token = $5 AND state = 'accepted'
RETURNING request_id
