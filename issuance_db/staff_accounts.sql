-- name: make
-- An account with an initial password; the table says whether it waits for a release. Nothing comes back where the id or the name is taken.
INSERT INTO issuance.staff_account
    (municipality_code, account_id, name, duties, valid_until, password_hash, prepared_by, password_is_initial)
VALUES ($1, $2, $3, $4, $5, $6, $7, true)
ON CONFLICT DO NOTHING
RETURNING account_id

-- name: find
-- The account under its row lock: tries of one account queue here.
SELECT account_id, name, duties, valid_until, password_hash, password_is_initial, second_factor, second_factor_step, failures,
    locked_until, ended_at, waits_since, first_password_at
FROM issuance.staff_account
WHERE municipality_code = $1 AND account_id = $2
FOR NO KEY UPDATE

-- name: list
-- Every account, those that ended too.
SELECT a.account_id, a.name, a.duties, a.valid_until, a.second_factor IS NOT NULL OR EXISTS (
        SELECT FROM issuance.staff_passkey AS p WHERE p.municipality_code = a.municipality_code AND p.account_id = a.account_id
    ) AS has_second_factor, a.failures, a.locked_until, a.ended_at, a.waits_since, a.prepared_by,
    a.first_password_at
FROM issuance.staff_account AS a
WHERE a.municipality_code = $1
ORDER BY a.ended_at IS NOT NULL, a.waits_since IS NULL, a.account_id

-- name: count_failure
-- A wrong password or code; the lock falls with the last one allowed.
UPDATE issuance.staff_account
SET failures = failures + 1, locked_until = CASE WHEN failures + 1 >= $3 THEN $4 ELSE locked_until END
WHERE municipality_code = $1 AND account_id = $2

-- name: forget_failures
-- After both factors were right.
UPDATE issuance.staff_account SET failures = 0, locked_until = NULL WHERE municipality_code = $1 AND account_id = $2

-- name: set_password
-- Chosen by the person.
UPDATE issuance.staff_account SET password_hash = $3, password_is_initial = false, failures = 0, locked_until = NULL
WHERE municipality_code = $1 AND account_id = $2

-- name: reset
-- By an administrator: it waits for a release, and a lock is lifted. $4: the person registers their codes anew.
UPDATE issuance.staff_account
SET password_hash = $3, password_is_initial = true, failures = 0, locked_until = NULL, prepared_by = $5,
    second_factor = CASE WHEN $4 THEN NULL ELSE second_factor END, second_factor_step = CASE WHEN $4 THEN 0 ELSE second_factor_step END
WHERE municipality_code = $1 AND account_id = $2 AND ended_at IS NULL
RETURNING account_id

-- name: set_duties
-- Wider duties and a later last day wait for a release; narrower ones hold at once.
UPDATE issuance.staff_account AS a
SET duties = $3, valid_until = $4,
    prepared_by = CASE
        WHEN NOT $3::text[] <@ a.duties OR coalesce($4::date, 'infinity') > coalesce(a.valid_until, 'infinity') THEN $5 ELSE a.prepared_by
    END
WHERE a.municipality_code = $1 AND a.account_id = $2 AND a.ended_at IS NULL
RETURNING a.account_id

-- name: release
-- As it was prepared at $4, and not otherwise since.
UPDATE issuance.staff_account SET waits_since = NULL, released_by = $3
WHERE municipality_code = $1 AND account_id = $2 AND ended_at IS NULL AND waits_since = $4
RETURNING account_id

-- name: set_second_factor
-- The sealed secret and the time step of the code that was shown.
UPDATE issuance.staff_account SET second_factor = $3, second_factor_step = $4 WHERE municipality_code = $1 AND account_id = $2

-- name: end
-- For good: its name stays in history and is not given again.
UPDATE issuance.staff_account SET ended_at = $3 WHERE municipality_code = $1 AND account_id = $2 AND ended_at IS NULL
RETURNING account_id
