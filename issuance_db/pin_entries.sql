-- name: end_open
-- A clerk has one entry under way: beginning another ends it.
UPDATE issuance.pin_entry SET state = 'cancelled'
WHERE municipality_code = $1 AND token_digest = $2 AND state IN ('waiting', 'paired')

-- name: begin
-- Waits for a screen to be paired.
INSERT INTO issuance.pin_entry (
    municipality_code, entry_id, token_digest, code_digest, person_number, issuer_key_id, serial, user_id, is_change, identity_check, begun_at
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)

-- name: of_clerk
-- What the clerk is shown of it.
SELECT entry_id, person_number, issuer_key_id, serial, user_id, is_change, state, refused_for, begun_at
FROM issuance.pin_entry
WHERE municipality_code = $1 AND entry_id = $2 AND token_digest = $3

-- name: cancel
-- By the clerk.
UPDATE issuance.pin_entry SET state = 'cancelled'
WHERE municipality_code = $1 AND entry_id = $2 AND token_digest = $3 AND state IN ('waiting', 'paired')

-- name: failures
-- Wrong codes of this while; older ones are of no use any more.
WITH old AS (
    DELETE FROM issuance.pin_code_failure WHERE municipality_code = $1 AND happened_at <= $2 RETURNING failure_id
)
SELECT count(failure_id) FROM issuance.pin_code_failure WHERE municipality_code = $1 AND happened_at > $2

-- name: fail
-- A code that paired nothing.
INSERT INTO issuance.pin_code_failure (municipality_code, happened_at) VALUES ($1, $2)

-- name: pair
-- The one screen that tells the code first.
UPDATE issuance.pin_entry SET pad_digest = $3, state = 'paired'
WHERE municipality_code = $1 AND code_digest = $2 AND state = 'waiting' AND begun_at > $4
RETURNING entry_id

-- name: of_pad
-- The entry of a paired screen, and who began it, if their account still stands; held so that it ends once.
SELECT p.entry_id, p.person_number, p.issuer_key_id, p.serial, p.user_id, p.is_change, p.identity_check, p.state, p.begun_at, a.name
FROM issuance.pin_entry AS p
JOIN issuance.staff_session AS s ON s.municipality_code = p.municipality_code AND s.token_digest = p.token_digest
JOIN issuance.staff_account AS a ON a.municipality_code = s.municipality_code AND a.account_id = s.account_id AND a.ended_at IS NULL
WHERE p.municipality_code = $1 AND p.pad_digest = $2
FOR UPDATE OF p

-- name: end
-- Done, or refused with the reason that the clerk reads.
UPDATE issuance.pin_entry SET state = $3, refused_for = $4 WHERE municipality_code = $1 AND pad_digest = $2 AND state = 'paired'
