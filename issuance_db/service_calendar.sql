-- name: on_days
-- The windows of these kinds on so many JST days from $3 on, as issuing finds them.
SELECT k.kind, d.on_day, h.opens_at, h.closes_at
FROM unnest($2::text[]) AS k (kind)
CROSS JOIN LATERAL (SELECT $3::date + n AS on_day FROM generate_series(0, $4::integer - 1) AS s (n)) AS d
CROSS JOIN LATERAL issuance.hours_on($1, k.kind, d.on_day) AS h
ORDER BY k.kind, d.on_day, h.opens_at

-- name: kinds
-- Those that have hours at all.
SELECT DISTINCT h.kind FROM issuance.service_hours AS h WHERE h.municipality_code = $1 ORDER BY h.kind

-- name: add_plan
-- A week from a day on.
INSERT INTO issuance.hours_plan (municipality_code, kinds, effective_from) VALUES ($1, $2, $3)
RETURNING plan_id

-- name: add_window
-- One weekday of it.
INSERT INTO issuance.hours_plan_window (municipality_code, plan_id, weekday, opens_at, closes_at) VALUES ($1, $2, $3, $4, $5)

-- name: add_special
-- Days unlike their week; without times they are closed.
INSERT INTO issuance.special_hours (municipality_code, kinds, first_on, last_on, opens_at, closes_at) VALUES ($1, $2, $3, $4, $5, $6)

-- name: plans
-- Weeks, the newest first.
SELECT plan_id AS number, kinds, effective_from AS first_on, withdrawn_at FROM issuance.hours_plan
WHERE municipality_code = $1 ORDER BY effective_from DESC, plan_id DESC LIMIT $2

-- name: specials
-- Days unlike their week, the newest first.
SELECT special_id AS number, kinds, first_on, last_on, opens_at, closes_at, withdrawn_at FROM issuance.special_hours
WHERE municipality_code = $1 ORDER BY first_on DESC, special_id DESC LIMIT $2

-- name: withdraw_plan
-- What was before it holds again, at once.
UPDATE issuance.hours_plan SET withdrawn_at = $3 WHERE municipality_code = $1 AND plan_id = $2 AND withdrawn_at IS NULL
RETURNING effective_from

-- name: withdraw_special
-- Days that are not over; the week holds again, at once.
UPDATE issuance.special_hours SET withdrawn_at = $3
WHERE municipality_code = $1 AND special_id = $2 AND withdrawn_at IS NULL AND last_on >= $4
RETURNING first_on
