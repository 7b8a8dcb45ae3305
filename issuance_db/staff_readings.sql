-- name: sign_in
-- What became of one try to sign in.
INSERT INTO history.staff_sign_in (municipality_code, account_id, result) VALUES ($1, $2, $3)

-- name: reading
-- Before the page is shown.
INSERT INTO history.staff_reading (municipality_code, account_id, reading, concerns, person_number) VALUES ($1, $2, $3, $4, $5)
