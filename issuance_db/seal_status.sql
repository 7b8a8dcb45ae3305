-- name: places
-- Every place that was ever given, with the state of its issuance now.
SELECT status_list, status_index, status_secret, state FROM issuance.seal_status()

-- name: withdraw
-- A sheet no longer stands; only what was issued can be withdrawn, and only once.
INSERT INTO history.seal_withdrawal (municipality_code, issuance_number, state, withdrawn_by, reason)
SELECT $1, i.issuance_number, $3, $4, $5 FROM history.issuance AS i WHERE i.municipality_code = $1 AND i.issuance_number = $2
ON CONFLICT DO NOTHING
RETURNING issuance_number
