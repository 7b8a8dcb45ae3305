-- name: submit
-- A new application; nothing when the same card has one that is open or good.
INSERT INTO issuance.koseki_access (
    municipality_code, caller_id, request_id, fingerprint, terminal_operator, terminal_store, terminal_id, issuer_key_id, serial,
    certificate_until, name, birth_on, domicile, first_registrant, submitted_at, alert_on, due_on
)
VALUES (shared.city(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
ON CONFLICT DO NOTHING
RETURNING registration_number

-- name: of_request
-- What became of an application that was sent under this id.
SELECT registration_number, state, submitted_at, due_on, fingerprint, caller_id, request_id FROM issuance.koseki_access
WHERE municipality_code = shared.city() AND caller_id = $1 AND request_id = $2

-- name: of_card
-- The application of this card that is open or good.
SELECT registration_number, state, submitted_at, due_on, fingerprint, caller_id, request_id FROM issuance.koseki_access
WHERE municipality_code = shared.city() AND issuer_key_id = $1 AND serial = $2 AND state IN ('submitted', 'accepted')

-- name: tries_since
-- How many applications came with this card since then.
SELECT count(registration_number) FROM issuance.koseki_access
WHERE municipality_code = shared.city() AND issuer_key_id = $1 AND serial = $2 AND submitted_at > $3

-- name: is_resident
-- Whether the certificate is that of somebody in the issuance record: they need no registration.
SELECT EXISTS (
    SELECT FROM issuance.credential AS c
    JOIN issuance.resident_key AS r ON r.municipality_code = c.municipality_code AND r.person_number = c.person_number
    WHERE c.municipality_code = shared.city() AND c.issuer_key_id = $1 AND c.serial = $2 AND (c.revoked_at IS NULL OR c.revoked_at > $3)
)

-- name: closed_days
-- What the city's calendar has beside the country's, from that day on.
SELECT day FROM issuance.office_closed_day WHERE municipality_code = shared.city() AND day >= $1 ORDER BY day

-- name: close_day
-- The offices are closed on that day.
INSERT INTO issuance.office_closed_day (municipality_code, day) VALUES (shared.city(), $1) ON CONFLICT DO NOTHING RETURNING day

-- name: open_day
-- They are open after all.
DELETE FROM issuance.office_closed_day WHERE municipality_code = shared.city() AND day = $1 RETURNING day

-- name: find_standing
-- The application in this state that counts for who presents this certificate. Residents ask as such, and a certificate that was stopped here
-- after the application is stopped for this too.
SELECT a.asks_as, a.decided_at, a.registration_number, a.state, a.submitted_at, a.due_on, a.fingerprint, a.caller_id, a.request_id
FROM issuance.koseki_access AS a
WHERE a.municipality_code = shared.city() AND a.issuer_key_id = $1 AND a.serial = $2 AND a.state = $3 AND NOT EXISTS (
    SELECT FROM issuance.credential AS c
    LEFT JOIN issuance.resident_key AS r ON r.municipality_code = c.municipality_code AND r.person_number = c.person_number
    WHERE c.municipality_code = a.municipality_code AND c.issuer_key_id = a.issuer_key_id AND c.serial = a.serial
        AND (c.revoked_at > a.submitted_at OR c.revoked_at IS NULL AND r.person_number IS NOT NULL)
)

-- name: accepted
-- Of whom the registration was accepted, as the koseki had them then.
SELECT asks_as, accepted_name, accepted_birth_on, accepted_birth_text, accepted_domicile, accepted_first_registrant
FROM issuance.koseki_access
WHERE municipality_code = shared.city() AND asks_as = $1 AND state = 'accepted'

-- name: derive
-- The second derivation, from the certificate alone: by which registration it may be used now.
SELECT registration.asks_as
FROM issuance.koseki_access AS registration
LEFT JOIN issuance.credential AS stopped
    ON stopped.municipality_code = $1 AND stopped.issuer_key_id = $2 AND stopped.serial = $3
    AND stopped.revoked_at > registration.submitted_at
WHERE registration.municipality_code = $1 AND registration.issuer_key_id = $2 AND registration.serial = $3
    AND registration.state = 'accepted' AND registration.decided_at <= $4 AND registration.certificate_until > $4
    AND stopped.serial IS NULL

-- name: expire
-- Registrations whose koseki is not what it was, or whose certificate is over.
SELECT issuance.expire_koseki_access($1)

-- name: alert
-- Applications whose last day is near or over.
SELECT history.alert_koseki_access($1)
