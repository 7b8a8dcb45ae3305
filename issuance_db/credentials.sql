-- name: find_certificate
-- The holder of a user certificate, whatever its state.
SELECT person_number, usable_from, revoked_at
FROM issuance.credential
WHERE municipality_code = shared.city() AND issuer_key_id = $1 AND serial = $2

-- name: find_user_id
-- The holder of a user id, whatever its state.
SELECT person_number, usable_from, revoked_at
FROM issuance.user_id
WHERE municipality_code = shared.city() AND user_id = $1

-- name: register_certificates
-- Many at once, one array for each column.
INSERT INTO issuance.credential (municipality_code, issuer_key_id, serial, person_number, bearer, usable_from)
SELECT shared.city(), issuer_key_id, serial, person_number, bearer, usable_from
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
    AS given (issuer_key_id, serial, person_number, bearer, usable_from)

-- name: register_user_ids
-- Many at once, one array for each column.
INSERT INTO issuance.user_id (municipality_code, user_id, person_number, usable_from)
SELECT shared.city(), user_id, person_number, usable_from
FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS given (user_id, person_number, usable_from)

-- name: has_certificate
-- Whether any certificate was ever given to the person, whatever its state.
SELECT EXISTS (SELECT FROM issuance.credential WHERE municipality_code = shared.city() AND person_number = $1)

-- name: is_resident
-- Whether the person is in the issuance record.
SELECT EXISTS (SELECT FROM issuance.resident_record WHERE municipality_code = shared.city() AND person_number = $1)

-- name: lock_person
-- A permit reads revocations in its last look, so who writes one takes the same lock.
SELECT shared.lock_for_write(shared.city(), ARRAY[$1::text], ARRAY[]::text[])

-- name: revoke_certificate
-- The earliest stop holds.
UPDATE issuance.credential
SET revoked_at = $3
WHERE municipality_code = shared.city() AND issuer_key_id = $1 AND serial = $2 AND (revoked_at IS NULL OR revoked_at > $3)
RETURNING true

-- name: revoke_user_id
-- The earliest stop holds.
UPDATE issuance.user_id
SET revoked_at = $2
WHERE municipality_code = shared.city() AND user_id = $1 AND (revoked_at IS NULL OR revoked_at > $2)
RETURNING true

-- name: stop_earlier
-- Every other certificate of this person on the same bearer; one that is to stop earlier still does.
WITH stopped AS (
    UPDATE issuance.credential
    SET revoked_at = $5
    WHERE municipality_code = shared.city() AND person_number = $1 AND bearer = $2 AND (issuer_key_id, serial) <> ($3, $4)
        AND (revoked_at IS NULL OR revoked_at > $5)
    RETURNING serial
)
SELECT count(serial) FROM stopped
