-- name: withdraw_fee
-- One that is still to come on this JST date ($5), and, whatever a program thinks of the date, by the database's.
DELETE FROM issuance.fee
WHERE municipality_code = $1 AND kind = $2 AND channel = $3 AND effective_from = $4 AND effective_from > $5
RETURNING yen

-- name: withdraw_mayor
-- One whose first day is still to come.
DELETE FROM issuance.mayor
WHERE municipality_code = $1 AND effective_from = $2 AND effective_from > $3
RETURNING title
