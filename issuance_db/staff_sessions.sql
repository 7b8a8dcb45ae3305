-- name: begin
-- A new token each time: nothing that was known before signing in opens anything after it.
INSERT INTO issuance.staff_session (municipality_code, token_digest, account_id, is_whole, started_at, seen_at)
VALUES ($1, $2, $3, $4, $5, $5)

-- name: look
-- The session and its account, if both still stand; looking keeps it alive.
UPDATE issuance.staff_session AS s SET seen_at = $3
FROM issuance.staff_account AS a
WHERE s.municipality_code = $1 AND s.token_digest = $2 AND s.seen_at > $4 AND s.started_at > $5
    AND a.municipality_code = s.municipality_code AND a.account_id = s.account_id
    AND a.ended_at IS NULL AND a.waits_since IS NULL AND (a.valid_until IS NULL OR a.valid_until >= $6)
RETURNING a.account_id, a.name, a.duties, a.password_is_initial, a.second_factor IS NOT NULL OR EXISTS (
        SELECT FROM issuance.staff_passkey AS p WHERE p.municipality_code = a.municipality_code AND p.account_id = a.account_id
    ) AS has_second_factor, s.is_whole

-- name: watch
-- The same without keeping it alive: a page that follows the service by itself is not used by anybody.
SELECT a.account_id, a.name, a.duties, a.password_is_initial, a.second_factor IS NOT NULL OR EXISTS (
        SELECT FROM issuance.staff_passkey AS p WHERE p.municipality_code = a.municipality_code AND p.account_id = a.account_id
    ) AS has_second_factor, s.is_whole
FROM issuance.staff_session AS s
JOIN issuance.staff_account AS a ON a.municipality_code = s.municipality_code AND a.account_id = s.account_id
WHERE s.municipality_code = $1 AND s.token_digest = $2 AND s.seen_at > $3 AND s.started_at > $4
    AND a.ended_at IS NULL AND a.waits_since IS NULL AND (a.valid_until IS NULL OR a.valid_until >= $5)

-- name: end
-- Signed out.
DELETE FROM issuance.staff_session WHERE municipality_code = $1 AND token_digest = $2

-- name: end_all
-- Of one account: after a new password, a new second factor, or its end.
DELETE FROM issuance.staff_session WHERE municipality_code = $1 AND account_id = $2

-- name: purge
-- Those that ran out.
DELETE FROM issuance.staff_session WHERE municipality_code = $1 AND (seen_at <= $2 OR started_at <= $3)

-- name: keep_search
-- Until the session ends.
INSERT INTO issuance.staff_search (municipality_code, search_id, token_digest, criteria) VALUES ($1, $2, $3, $4::jsonb)

-- name: search
-- Its own session's only.
SELECT criteria::text FROM issuance.staff_search WHERE municipality_code = $1 AND search_id = $2 AND token_digest = $3
