-- name: act
-- In the transaction that does it.
INSERT INTO history.staff_act (municipality_code, act, acted_by, reason, concerns, person_number) VALUES ($1, $2, $3, $4, $5, $6)
