-- name: newest
-- The layout that counts.
SELECT layout FROM issuance.statement_layout WHERE municipality_code = $1 AND caller_id = $2 ORDER BY layout_id DESC LIMIT 1

-- name: add
-- Another one.
INSERT INTO issuance.statement_layout (municipality_code, caller_id, layout) VALUES ($1, $2, $3)

-- name: handling_fees
-- Of a centre, the newest first.
SELECT effective_from, yen FROM issuance.handling_fee WHERE municipality_code = $1 AND caller_id = $2 ORDER BY effective_from DESC

-- name: add_handling_fee
-- From a day on, unless a month that it would change is closed, or the day has one.
INSERT INTO issuance.handling_fee (municipality_code, caller_id, effective_from, yen)
SELECT $1, $2, $3, $4
WHERE NOT EXISTS (
    SELECT FROM history.settlement_month AS m
    WHERE m.municipality_code = $1 AND m.caller_id = $2 AND m.month >= date_trunc('month', $3::date)::date
        AND history.month_is_closed($2, m.month)
)
ON CONFLICT DO NOTHING
RETURNING yen
