-- name: hold
-- Where a credential may stand under more than one version of the key: who tries or moves it holds it by the first, which never
-- changes. In the order of the keys, and read in a later statement.
SELECT pg_advisory_xact_lock(held.key)
FROM (
    SELECT DISTINCT shared.lock_key(shared.city(), 'credential', encode(first, 'hex')) AS key
    FROM unnest($1::bytea[]) AS given (first)
    ORDER BY key
) AS held

-- name: standing
-- Under which hash the tries of a credential are counted and charged, and under which its PIN is, else $2. If two were ever made, the counter
-- with more against it and the PIN that was set last.
SELECT
    coalesce((
        SELECT credential_hash FROM issuance.pin_tries
        WHERE municipality_code = shared.city() AND credential_hash = ANY ($1::bytea[])
        ORDER BY failures DESC, last_try_at DESC LIMIT 1
    ), $2) AS tries,
    coalesce((
        SELECT credential_hash FROM issuance.pin
        WHERE municipality_code = shared.city() AND credential_hash = ANY ($1::bytea[])
        ORDER BY registered_at DESC LIMIT 1
    ), $2) AS pin

-- name: lock
-- Makes the row of a credential, known or not, and holds it: tries of one credential queue here.
INSERT INTO issuance.pin_tries AS tries (municipality_code, credential_hash, last_try_at)
VALUES (shared.city(), $1, $2)
ON CONFLICT (municipality_code, credential_hash) DO UPDATE SET last_try_at = excluded.last_try_at
RETURNING tries.failures, tries.locked_at IS NOT NULL AS is_locked

-- name: charge
-- One row for each PIN on a request. The marks are the same PIN under every version of the key; the first is the newest.
WITH charged AS (
    INSERT INTO issuance.pin_charge (municipality_code, credential_hash, caller_id, call, request_id, pin_mark, charged_at)
    SELECT shared.city(), $1, $2, $3, $4, ($5::bytea[])[1], $6
    WHERE NOT EXISTS (
        SELECT FROM issuance.pin_charge
        WHERE municipality_code = shared.city() AND credential_hash = $1
            AND caller_id = $2 AND call = $3 AND request_id = $4 AND pin_mark = ANY ($5::bytea[])
    )
    RETURNING pin_mark
)
SELECT EXISTS (SELECT FROM charged)

-- name: find_certificate
-- Read in a later statement than the lock, so that a change at the counter is seen: the PIN, and whose the user certificate is.
SELECT p.pin_hash, p.key_version, c.person_number, c.usable_from, c.revoked_at
FROM (VALUES ($1::bytea)) AS asked (credential_hash)
LEFT JOIN issuance.pin AS p ON p.municipality_code = shared.city() AND p.credential_hash = asked.credential_hash
LEFT JOIN issuance.credential AS c ON c.municipality_code = shared.city() AND c.issuer_key_id = $2 AND c.serial = $3

-- name: find_user_id
-- As `find_certificate`, of a user id.
SELECT p.pin_hash, p.key_version, u.person_number, u.usable_from, u.revoked_at
FROM (VALUES ($1::bytea)) AS asked (credential_hash)
LEFT JOIN issuance.pin AS p ON p.municipality_code = shared.city() AND p.credential_hash = asked.credential_hash
LEFT JOIN issuance.user_id AS u ON u.municipality_code = shared.city() AND u.user_id = $2

-- name: settle
-- The same statement for every outcome of a try.
UPDATE issuance.pin_tries
SET failures = $2, locked_at = CASE WHEN $3 THEN coalesce(locked_at, $4) END
WHERE municipality_code = shared.city() AND credential_hash = $1

-- name: register
-- Nothing comes back where a PIN is registered already.
INSERT INTO issuance.pin (municipality_code, credential_hash, pin_hash, key_version)
SELECT shared.city(), $1::bytea, $2::text, $3::smallint
WHERE NOT EXISTS (SELECT FROM issuance.pin WHERE municipality_code = shared.city() AND credential_hash = ANY ($4::bytea[]))
ON CONFLICT (municipality_code, credential_hash) DO NOTHING
RETURNING credential_hash

-- name: change
-- Nothing comes back where no PIN is registered.
UPDATE issuance.pin
SET pin_hash = $2, key_version = $3, registered_at = clock_timestamp()
WHERE municipality_code = shared.city() AND credential_hash = ANY ($1::bytea[])
RETURNING credential_hash

-- name: remove
-- Nothing comes back where no PIN is registered.
DELETE FROM issuance.pin
WHERE municipality_code = shared.city() AND credential_hash = ANY ($1::bytea[])
RETURNING credential_hash

-- name: lock_out
-- Whoever never tried has no session that could go on.
UPDATE issuance.pin_tries
SET locked_at = coalesce(locked_at, $2)
WHERE municipality_code = shared.city() AND credential_hash = ANY ($1::bytea[])

-- name: locked_at
-- Whether there is a lock to lift, holding the row so that it stays so.
SELECT locked_at
FROM issuance.pin_tries
WHERE municipality_code = shared.city() AND credential_hash = ANY ($1::bytea[])
FOR UPDATE

-- name: unlock
-- Both together: a counter at three without a lock would lock at the next try.
UPDATE issuance.pin_tries
SET failures = 0, locked_at = NULL
WHERE municipality_code = shared.city() AND credential_hash = ANY ($1::bytea[])

-- name: register_many
-- One array for each column, then the hashes that each may have been registered under; how many were new comes back.
WITH registered AS (
    INSERT INTO issuance.pin (municipality_code, credential_hash, pin_hash, key_version)
    SELECT shared.city(), credential_hash, pin_hash, key_version
    FROM unnest($1::bytea[], $2::text[], $3::smallint[]) AS given (credential_hash, pin_hash, key_version)
    WHERE credential_hash NOT IN (
        SELECT named.entered
        FROM unnest($4::bytea[], $5::bytea[]) AS named (entered, credential_hash)
        JOIN issuance.pin AS p ON p.municipality_code = shared.city() AND p.credential_hash = named.credential_hash
    )
    ON CONFLICT (municipality_code, credential_hash) DO NOTHING
    RETURNING credential_hash
)
SELECT count(credential_hash) FROM registered

-- name: is_locked
-- For who does not type a PIN now: a session stands for a credential only while that is not locked.
SELECT EXISTS (
    SELECT FROM issuance.pin_tries
    WHERE municipality_code = shared.city() AND credential_hash = $1 AND locked_at IS NOT NULL
)

-- name: is_locked_anywhere
-- As `is_locked`, under any of several hashes; for one alone, an array costs a plan each time.
SELECT EXISTS (
    SELECT FROM issuance.pin_tries
    WHERE municipality_code = shared.city() AND credential_hash = ANY ($1::bytea[]) AND locked_at IS NOT NULL
)
