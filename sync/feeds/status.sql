-- How old each source is, for staff.

-- name: sources
-- Each source with the persons a comparison put in doubt.
SELECT s.source, s.fed_at, s.age_limit,
    (SELECT count(*) FROM issuance.source_doubt AS d WHERE d.municipality_code = s.municipality_code AND d.source = s.source) AS doubted
FROM issuance.source AS s
WHERE s.municipality_code = $1
ORDER BY s.source

-- name: set_limit
-- Of a source that has begun.
UPDATE issuance.source SET age_limit = $3 WHERE municipality_code = $1 AND source = $2
