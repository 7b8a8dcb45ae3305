-- How old each source is, for staff.

-- name: sources
-- Each source with the persons a comparison put in doubt, and the records that could not be read.
SELECT s.source, s.fed_at, s.age_limit, s.most_lost_percent, s.most_changed_percent,
    (SELECT count(*) FROM issuance.feed_set_aside AS a WHERE a.municipality_code = s.municipality_code AND a.source = s.source) AS aside,
    (SELECT count(*) FROM issuance.source_doubt AS d WHERE d.municipality_code = s.municipality_code AND d.source = s.source) AS doubted
FROM issuance.source AS s
WHERE s.municipality_code = $1
ORDER BY s.source

-- name: set_limit
-- Of a source that has begun.
UPDATE issuance.source SET age_limit = $3 WHERE municipality_code = $1 AND source = $2

-- name: set_shares
-- Of a source that has begun; what is not said stays.
UPDATE issuance.source
SET most_lost_percent = coalesce($3, most_lost_percent), most_changed_percent = coalesce($4, most_changed_percent)
WHERE municipality_code = $1 AND source = $2

-- name: aside
-- Oldest first.
SELECT source, layout, file_number, line, item, reason, record_key, since FROM issuance.feed_set_aside
WHERE municipality_code = $1
ORDER BY since, source, layout, file_number, line
