-- How old each source is, for staff.

-- name: enter_city
-- The city of this transaction.
SELECT set_config('kiosk.municipality', $1, true)

-- name: tell_too_old
-- One alert for each time that a source passes its limit.
WITH passed AS (
    UPDATE issuance.source AS s
    SET told_old_of = s.fed_at
    WHERE s.municipality_code = $1 AND s.fed_at + s.age_limit <= $2 AND s.told_old_of IS DISTINCT FROM s.fed_at
    RETURNING s.source, s.fed_at
), alert AS (
    INSERT INTO history.alert (municipality_code, cause, detail)
    SELECT $1, 'feed/' || p.source || '_too_old', 'known until ' || to_char(p.fed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
    FROM passed AS p
)
SELECT p.source FROM passed AS p ORDER BY p.source

-- name: sources
-- Each source with the persons a comparison put in doubt, and the records that could not be read.
SELECT s.source, s.fed_at, s.age_limit, s.working_limit, s.rest_weekdays, s.rest_days, s.most_lost_percent, s.most_changed_percent,
    (SELECT count(*) FROM issuance.feed_set_aside AS a WHERE a.municipality_code = s.municipality_code AND a.source = s.source) AS aside,
    (SELECT count(*) FROM issuance.source_doubt AS d WHERE d.municipality_code = s.municipality_code AND d.source = s.source) AS doubted
FROM issuance.source AS s
WHERE s.municipality_code = $1
ORDER BY s.source

-- name: set_limit
-- Of a source that has begun; days of rest that are not said stay.
UPDATE issuance.source
SET working_limit = $3, rest_weekdays = coalesce($4::smallint[], rest_weekdays), rest_days = coalesce($5::date[], rest_days)
WHERE municipality_code = $1 AND source = $2

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
