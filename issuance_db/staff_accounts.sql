-- name: make
-- An account with an initial password. Nothing comes back where the id or the name is taken.
INSERT INTO issuance.staff_account (municipality_code, account_id, name, duties, valid_until, password_hash, password_is_initial)
VALUES ($1, $2, $3, $4, $5, $6, true)
ON CONFLICT DO NOTHING
RETURNING account_id

-- name: find
-- The account under its row lock: tries of one account queue here.
SELECT account_id, name, duties, valid_until, password_hash, password_is_initial, second_factor, second_factor_step, failures,
    locked_until, ended_at
FROM issuance.staff_account
WHERE municipality_code = $1 AND account_id = $2
FOR NO KEY UPDATE

-- name: list
-- Every account, those that ended too.
SELECT account_id, name, duties, valid_until, second_factor IS NOT NULL AS has_second_factor, failures, locked_until, ended_at
FROM issuance.staff_account
WHERE municipality_code = $1
ORDER BY ended_at IS NOT NULL, account_id

-- name: count_failure
-- A wrong password or code; the lock falls with the last one allowed.
UPDATE issuance.staff_account
SET failures = failures + 1, locked_until = CASE WHEN failures + 1 >= $3 THEN $4 ELSE locked_until END
WHERE municipality_code = $1 AND account_id = $2

-- name: forget_failures
-- After both factors were right.
UPDATE issuance.staff_account SET failures = 0, locked_until = NULL WHERE municipality_code = $1 AND account_id = $2

-- name: set_password
-- Chosen by the person, or set anew by an administrator.
UPDATE issuance.staff_account SET password_hash = $3, password_is_initial = $4, failures = 0, locked_until = NULL
WHERE municipality_code = $1 AND account_id = $2

-- name: set_second_factor
-- The sealed secret and the time step of the code that was shown; NULL makes the person enrol again.
UPDATE issuance.staff_account SET second_factor = $3, second_factor_step = $4 WHERE municipality_code = $1 AND account_id = $2

-- name: end
-- For good: its name stays in history and is not given again.
UPDATE issuance.staff_account SET ended_at = $3 WHERE municipality_code = $1 AND account_id = $2 AND ended_at IS NULL
RETURNING account_id
