-- name: add
-- The table says whether it waits for a release. Nothing comes back where the passkey or its name is there already.
INSERT INTO issuance.staff_passkey (municipality_code, passkey_id, account_id, passkey_name, credential, sign_count)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT DO NOTHING
RETURNING passkey_id

-- name: of_account
-- Every passkey of an account, oldest first.
SELECT passkey_id, account_id, passkey_name, credential, sign_count, made_at, used_at, waits_since, stopped_at
FROM issuance.staff_passkey
WHERE municipality_code = $1 AND account_id = $2
ORDER BY made_at

-- name: waiting
-- Those that another person has to release, of accounts that go on.
SELECT p.passkey_id, p.account_id, a.name, p.passkey_name, p.waits_since
FROM issuance.staff_passkey AS p
JOIN issuance.staff_account AS a ON a.municipality_code = p.municipality_code AND a.account_id = p.account_id
WHERE p.municipality_code = $1 AND p.waits_since IS NOT NULL AND a.ended_at IS NULL
ORDER BY p.waits_since

-- name: release
-- Whose it is comes back.
UPDATE issuance.staff_passkey SET waits_since = NULL, released_by = $3
WHERE municipality_code = $1 AND passkey_id = $2 AND waits_since IS NOT NULL
RETURNING account_id

-- name: use
-- Its row is held until the transaction ends: two answers with one counter do not both pass.
UPDATE issuance.staff_passkey SET sign_count = $4, used_at = $5
WHERE municipality_code = $1 AND account_id = $2 AND passkey_id = $3 AND waits_since IS NULL AND stopped_at IS NULL
    AND (sign_count < $4 OR (sign_count = 0 AND $4 = 0))
RETURNING passkey_id

-- name: stop
-- For good.
UPDATE issuance.staff_passkey SET stopped_at = $4 WHERE municipality_code = $1 AND account_id = $2 AND passkey_id = $3 AND stopped_at IS NULL

-- name: remove
-- One's own.
DELETE FROM issuance.staff_passkey WHERE municipality_code = $1 AND account_id = $2 AND passkey_id = $3
RETURNING passkey_name

-- name: remove_all
-- Of an account whose factors are registered anew.
DELETE FROM issuance.staff_passkey WHERE municipality_code = $1 AND account_id = $2

-- name: ask
-- One for each session; a page that is drawn anew asks anew.
INSERT INTO issuance.staff_challenge AS c (municipality_code, token_digest, challenge, made_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (municipality_code, token_digest) DO UPDATE SET challenge = excluded.challenge, made_at = excluded.made_at

-- name: take
-- Once, whatever comes of it.
DELETE FROM issuance.staff_challenge WHERE municipality_code = $1 AND token_digest = $2
RETURNING challenge, made_at
