-- name: certificates_after
-- The next ones in the order of their keys.
SELECT issuer_key_id, serial
FROM issuance.credential
WHERE municipality_code = shared.city() AND (issuer_key_id, serial) > ($1, $2)
ORDER BY issuer_key_id, serial
LIMIT $3

-- name: user_ids_after
-- As `certificates_after`, of user ids.
SELECT user_id
FROM issuance.user_id
WHERE municipality_code = shared.city() AND user_id > $1
ORDER BY user_id
LIMIT $2

-- name: move_pins
-- From one hash to another of the same credential; what is there already stays.
WITH moved AS (
    UPDATE issuance.pin AS p
    SET credential_hash = given.entered
    FROM unnest($1::bytea[], $2::bytea[]) AS given (standing, entered)
    WHERE p.municipality_code = shared.city() AND p.credential_hash = given.standing
        AND NOT EXISTS (
            SELECT FROM issuance.pin AS there
            WHERE there.municipality_code = shared.city() AND there.credential_hash = given.entered
        )
    RETURNING p.credential_hash
)
SELECT count(credential_hash) FROM moved

-- name: move_charges
-- They lie where their counter lies, so they go with it: before it is moved.
UPDATE issuance.pin_charge AS c
SET credential_hash = given.entered
FROM unnest($1::bytea[], $2::bytea[]) AS given (standing, entered)
WHERE c.municipality_code = shared.city() AND c.credential_hash = given.standing
    AND NOT EXISTS (
        SELECT FROM issuance.pin_tries AS there
        WHERE there.municipality_code = shared.city() AND there.credential_hash = given.entered
    )

-- name: move_tries
-- As `move_pins`, of counters and locks.
WITH moved AS (
    UPDATE issuance.pin_tries AS t
    SET credential_hash = given.entered
    FROM unnest($1::bytea[], $2::bytea[]) AS given (standing, entered)
    WHERE t.municipality_code = shared.city() AND t.credential_hash = given.standing
        AND NOT EXISTS (
            SELECT FROM issuance.pin_tries AS there
            WHERE there.municipality_code = shared.city() AND there.credential_hash = given.entered
        )
    RETURNING t.credential_hash
)
SELECT count(credential_hash) FROM moved
