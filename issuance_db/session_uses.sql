-- name: lock
-- Requests of one session queue here, so that none is counted twice or missed.
SELECT pg_advisory_xact_lock(shared.lock_key(shared.city(), 'session', encode($1::bytea, 'hex')))

-- name: use
-- A request that is there may come again; a new one must fit into the number the menu stated.
WITH uses AS (
    SELECT request_id
    FROM issuance.session_use
    WHERE municipality_code = shared.city() AND session_hash = $1
),
added AS (
    INSERT INTO issuance.session_use (municipality_code, session_hash, request_id)
    SELECT shared.city(), $1, $2
    WHERE (SELECT count(request_id) FROM uses) < $3::integer AND NOT EXISTS (SELECT FROM uses WHERE request_id = $2)
    RETURNING request_id
)
SELECT EXISTS (SELECT FROM uses WHERE request_id = $2) OR EXISTS (SELECT FROM added)

-- name: has_used
-- A request that used the session in time may come again after it.
SELECT EXISTS (
    SELECT FROM issuance.session_use
    WHERE municipality_code = shared.city() AND session_hash = $1 AND request_id = $2
)
