-- name: sign_in
-- What became of one try to sign in.
INSERT INTO history.staff_sign_in (municipality_code, account_id, result) VALUES ($1, $2, $3)

-- name: reading
-- Before the page is shown.
INSERT INTO history.staff_reading (municipality_code, account_id, reading, concerns, person_number) VALUES ($1, $2, $3, $4, $5)

-- name: own_sign_ins
-- What became of the last tries with one account, and changes of its password and factors, newest first.
SELECT s.happened_at, s.result FROM history.staff_sign_in AS s
WHERE s.municipality_code = $1 AND s.account_id = $2 AND s.happened_at > $3 AND s.result <> 'signed_out'
ORDER BY s.happened_at DESC
LIMIT $4
