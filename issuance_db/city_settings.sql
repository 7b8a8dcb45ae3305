-- name: municipality
-- The city itself.
SELECT name, my_number_allowed, minimum_age FROM issuance.municipality WHERE municipality_code = $1

-- name: mayors
-- Who certifies, by date.
SELECT effective_from AS start, effective_until AS until, title, name FROM issuance.mayor
WHERE municipality_code = $1 ORDER BY effective_from

-- name: seals
-- The official seals, by date.
SELECT valid_from AS start, valid_until AS until, image FROM issuance.official_seal
WHERE municipality_code = $1 ORDER BY valid_from

-- name: fees
-- What a certificate costs, by date.
SELECT kind, channel, effective_from AS start, yen FROM issuance.fee
WHERE municipality_code = $1 ORDER BY kind, channel, effective_from

-- name: hours
-- When each kind is served, JST.
SELECT kind, weekday, opens_at, closes_at FROM issuance.service_hours
WHERE municipality_code = $1 ORDER BY kind, weekday, opens_at

-- name: tax_years
-- Which tax years of a kind are offered, by kind and year.
SELECT kind, tax_year AS year, offered_from AS start, offered_until AS until FROM issuance.tax_year
WHERE municipality_code = $1 ORDER BY kind, tax_year

-- name: retirements
-- Kinds with their last day.
SELECT kind, last_day FROM issuance.kind_retirement WHERE municipality_code = $1 ORDER BY kind

-- name: add_municipality
-- The city itself.
INSERT INTO issuance.municipality (municipality_code, name, my_number_allowed, minimum_age) VALUES ($1, $2, $3, $4)

-- name: add_mayor
-- Who certifies from a day on.
INSERT INTO issuance.mayor (municipality_code, effective_from, effective_until, title, name) VALUES ($1, $2, $3, $4, $5)

-- name: add_seal
-- The image of the seal from a day on.
INSERT INTO issuance.official_seal (municipality_code, valid_from, valid_until, image) VALUES ($1, $2, $3, $4)

-- name: add_fee
-- What a certificate costs in a channel from a day on.
INSERT INTO issuance.fee (municipality_code, kind, channel, effective_from, yen) VALUES ($1, $2, $3, $4, $5)

-- name: add_hours
-- When a kind is served on one day of the week, JST.
INSERT INTO issuance.service_hours (municipality_code, kind, weekday, opens_at, closes_at) VALUES ($1, $2, $3, $4, $5)

-- name: add_tax_year
-- When a tax year of a kind is offered.
INSERT INTO issuance.tax_year (municipality_code, kind, tax_year, offered_from, offered_until) VALUES ($1, $2, $3, $4, $5)

-- name: add_retirement
-- The last day of a kind.
INSERT INTO issuance.kind_retirement (municipality_code, kind, last_day) VALUES ($1, $2, $3)

-- name: end_tax_year
-- A tax year whose last day has become known.
UPDATE issuance.tax_year SET offered_until = $4
WHERE municipality_code = $1 AND kind = $2 AND tax_year = $3 AND offered_until IS NULL

-- name: end_mayor
-- A mayor whose last day has become known.
UPDATE issuance.mayor SET effective_until = $3 WHERE municipality_code = $1 AND effective_from = $2 AND effective_until IS NULL

-- name: end_seal
-- A seal whose last day has become known.
UPDATE issuance.official_seal SET valid_until = $3 WHERE municipality_code = $1 AND valid_from = $2 AND valid_until IS NULL
