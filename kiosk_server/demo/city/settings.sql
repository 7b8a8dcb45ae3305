-- name: enter_city
-- The city of this transaction; without it there are no rows.
SELECT set_config('kiosk.municipality', $1, true)

-- name: add_municipality
-- The city itself.
INSERT INTO issuance.municipality (municipality_code, name, my_number_allowed, minimum_age) VALUES ($1, $2, $3, $4)

-- name: add_mayor
-- Who certifies from a day on.
INSERT INTO issuance.mayor (municipality_code, effective_from, effective_until, title, name) VALUES ($1, $2, NULL, $3, $4)

-- name: add_official_seal
-- The image of the seal from a day on.
INSERT INTO issuance.official_seal (municipality_code, valid_from, valid_until, image) VALUES ($1, $2, NULL, $3)

-- name: add_fee
-- What a certificate costs in a channel from a day on.
INSERT INTO issuance.fee (municipality_code, kind, channel, effective_from, yen) VALUES ($1, $2, $3, $4, $5)

-- name: add_service_hours
-- When a kind is served on one day of the week, JST.
INSERT INTO issuance.service_hours (municipality_code, kind, weekday, opens_at, closes_at) VALUES ($1, $2, $3, $4, $5)

-- name: add_tax_year
-- A tax year of a kind, offered from a day on.
INSERT INTO issuance.tax_year (municipality_code, kind, tax_year, offered_from) VALUES ($1, $2, $3, $4)
