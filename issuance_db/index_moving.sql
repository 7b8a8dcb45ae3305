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
-- From one of $1 to the hash beside it in $2, of the same credential; what is there already stays. Of two, the one that counts (pins.sql).
WITH chosen AS (
    SELECT DISTINCT ON (entered) standing, entered
    FROM unnest($1::bytea[], $2::bytea[]) AS given (standing, entered)
    JOIN issuance.pin ON municipality_code = shared.city() AND credential_hash = standing
    ORDER BY entered, standing = entered DESC, registered_at DESC
)
UPDATE issuance.pin
SET credential_hash = entered
FROM chosen
WHERE municipality_code = shared.city() AND credential_hash = standing AND standing <> entered
RETURNING entered

-- name: move_tries
-- As `move_pins`, of counters and locks, and with each what was charged under it.
WITH chosen AS (
    SELECT DISTINCT ON (entered) standing, entered
    FROM unnest($1::bytea[], $2::bytea[]) AS given (standing, entered)
    JOIN issuance.pin_tries ON municipality_code = shared.city() AND credential_hash = standing
    ORDER BY entered, standing = entered DESC, failures DESC, last_try_at DESC
), charges AS (
    UPDATE issuance.pin_charge
    SET credential_hash = entered
    FROM chosen
    WHERE municipality_code = shared.city() AND credential_hash = standing AND standing <> entered
)
UPDATE issuance.pin_tries
SET credential_hash = entered
FROM chosen
WHERE municipality_code = shared.city() AND credential_hash = standing AND standing <> entered
RETURNING entered
