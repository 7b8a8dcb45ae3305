-- name: withdraw_fee
-- One that is still to come on this JST date ($5), and, whatever a program thinks of the date, by the database's.
DELETE FROM issuance.fee
WHERE municipality_code = $1 AND kind = $2 AND channel = $3 AND effective_from = $4 AND effective_from > $5
RETURNING yen

-- name: withdraw_seal
-- One whose first day is still to come.
DELETE FROM issuance.official_seal
WHERE municipality_code = $1 AND valid_from = $2 AND valid_from > $3
RETURNING valid_from

-- name: withdraw_tax_year
-- One that is offered from today on or later.
DELETE FROM issuance.tax_year
WHERE municipality_code = $1 AND kind = $2 AND tax_year = $3 AND offered_from >= $4
RETURNING offered_from

-- name: go_on_with_tax_year
-- The year that was to end on the day before: without the next one there would be none.
UPDATE issuance.tax_year SET offered_until = NULL
WHERE municipality_code = $1 AND kind = $2 AND offered_until = $3::date - 1

-- name: withdraw_retirement
-- One whose last day is not over.
DELETE FROM issuance.kind_retirement
WHERE municipality_code = $1 AND kind = $2 AND last_day >= $3
RETURNING last_day

-- name: withdraw_mayor
-- One whose first day is still to come.
DELETE FROM issuance.mayor
WHERE municipality_code = $1 AND effective_from = $2 AND effective_from > $3
RETURNING title
