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
    SELECT $1, 'feed/' || p.source || '_too_old', to_char(p.fed_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI') || ' JST まで / known until then'
    FROM passed AS p
)
SELECT p.source FROM passed AS p ORDER BY p.source

-- name: tell_unlisted
-- One alert for each time that a source has told of nobody but those who changed for so long ($3).
WITH passed AS (
    UPDATE issuance.source AS s
    SET told_unlisted_of = s.listed_at
    WHERE s.municipality_code = $1 AND s.said_since IS NOT NULL AND s.listed_at + $3 <= $2
        AND s.told_unlisted_of IS DISTINCT FROM s.listed_at
    RETURNING s.source, s.listed_at
)
INSERT INTO history.alert (municipality_code, cause, detail)
SELECT $1, 'feed/' || p.source || '_not_listed', '全件・一覧は / the last full file or list: ' || to_char(p.listed_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI') || ' JST'
FROM passed AS p

-- name: sources
-- Each source with what a comparison put in doubt, the records that could not be read, when it last told of everybody and was compared, and
-- what became of the last file that said something new.
SELECT s.source, s.fed_at, s.age_limit, s.working_limit, s.rest_weekdays, s.rest_days, s.most_lost_percent, s.most_changed_percent,
    s.said_since, s.listed_at, s.whole_at AS compared_at,
    (SELECT count(*) FROM issuance.feed_set_aside AS a WHERE a.municipality_code = s.municipality_code AND a.source = s.source) AS aside,
    (SELECT count(DISTINCT d.person_number) FROM issuance.source_doubt AS d
        WHERE d.municipality_code = s.municipality_code AND d.source = s.source) AS doubted,
    last.result AS last_result, last.fault_item AS last_fault, last.file_number AS last_file, last.received_at AS last_at,
    applied.file_number AS last_number
FROM issuance.source AS s
LEFT JOIN LATERAL (
    SELECT max(r.file_number) AS file_number FROM history.feed_receipt AS r
    WHERE r.municipality_code = s.municipality_code AND r.source = s.source AND r.result = 'applied' AND r.receipt_id > s.numbered_after
) AS applied ON true
LEFT JOIN LATERAL (
    SELECT r.result, r.fault_item, r.file_number, r.received_at FROM history.feed_receipt AS r
    WHERE r.municipality_code = s.municipality_code AND r.source = s.source
        AND (r.result = 'applied' OR ((r.file_number > coalesce(applied.file_number, -1) OR r.as_of > s.fed_at) AND r.layout NOT LIKE '%-keys'))
    ORDER BY r.receipt_id DESC
    LIMIT 1
) AS last ON true
WHERE s.municipality_code = $1
ORDER BY s.source

-- name: doubts
-- Whom a comparison put in doubt, oldest first.
SELECT source, person_number AS number, found_by, difference, items, since_file, since FROM issuance.source_doubt
WHERE municipality_code = $1
ORDER BY source, since, person_number, found_by

-- name: compared
-- Of the sources ($2) whose files are kept in mind, the last comparison of all with what they said; and of each source that ever sent a list, the
-- last one with that. A comparison of all is of the very moment that its source has as the last one.
SELECT w.source, w.way, w.whole_at, w.part_at, w.theirs, w.ours, (
    SELECT count(*) FROM issuance.source_doubt AS d
    WHERE d.municipality_code = $1 AND d.source = w.source AND d.found_by = w.way
) AS differing
FROM (
    SELECT s.source, 'said' AS way, s.whole_at, s.part_at, c.at_source AS theirs, c.here AS ours
    FROM issuance.source AS s
    LEFT JOIN LATERAL (
        SELECT h.at_source, h.here FROM history.source_comparison AS h
        WHERE h.municipality_code = $1 AND h.source = s.source AND h.found_by = 'said' AND h.compared_at = s.whole_at
        ORDER BY h.comparison_id LIMIT 1
    ) AS c ON true
    WHERE s.municipality_code = $1 AND s.said_since IS NOT NULL AND s.source = ANY ($2::text[])
    UNION ALL
    SELECT s.source, 'list', c.compared_at, NULL, c.at_source, c.here
    FROM issuance.source AS s
    CROSS JOIN LATERAL (
        SELECT h.compared_at, h.at_source, h.here FROM history.source_comparison AS h
        WHERE h.municipality_code = $1 AND h.source = s.source AND coalesce(h.found_by, 'list') = 'list'
        ORDER BY h.comparison_id DESC LIMIT 1
    ) AS c
    WHERE s.municipality_code = $1
) AS w
ORDER BY w.source, w.way DESC

-- name: release
-- What a list found; what our own comparison finds it would find again.
DELETE FROM issuance.source_doubt
WHERE municipality_code = $1 AND source = $2 AND person_number = $3 AND found_by = 'list'
RETURNING person_number

-- name: renumber
-- Of a source that has begun: what it sent until now is of another numbering.
UPDATE issuance.source AS s
SET numbered_after = (
    SELECT coalesce(max(r.receipt_id), 0) FROM history.feed_receipt AS r WHERE r.municipality_code = $1 AND r.source = $2
)
WHERE s.municipality_code = $1 AND s.source = $2

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

-- name: receipts
-- Newest first, of one source ($2) and result ($3) where they are told, before the receipt $4, at most $5 of them; with how many of its records were
-- set aside. Of a file that had to wait: the number it waited for (NULL: a full file), and whether that is over, as it is where the numbers began
-- anew since.
SELECT r.receipt_id, r.source, r.layout, r.file_number, r.as_of, r.received_at, r.records, r.changed, r.result, r.fault_line, r.fault_item,
    r.fault_reason,
    (SELECT count(*) FROM history.feed_fault AS f WHERE f.municipality_code = $1 AND f.receipt_id = r.receipt_id) AS aside,
    CASE WHEN r.result = 'waiting' THEN (
        SELECT max(a.file_number) + 1 FROM history.feed_receipt AS a
        WHERE a.municipality_code = $1 AND a.source = r.source AND a.result = 'applied' AND a.receipt_id < r.receipt_id
            AND (a.receipt_id > numbering.begins OR r.receipt_id <= numbering.begins)
    ) END AS waits_for,
    r.result = 'waiting' AND (r.receipt_id <= numbering.begins OR EXISTS (
        SELECT FROM history.feed_receipt AS a
        WHERE a.municipality_code = $1 AND a.source = r.source AND a.result = 'applied' AND a.file_number >= r.file_number
            AND a.receipt_id > numbering.begins
    )) AS is_over
FROM history.feed_receipt AS r
LEFT JOIN issuance.source AS s ON s.municipality_code = r.municipality_code AND s.source = r.source
CROSS JOIN LATERAL coalesce(s.numbered_after, 0) AS numbering (begins)
WHERE r.municipality_code = $1 AND ($2::text IS NULL OR r.source = $2) AND ($3::text IS NULL OR r.result = $3)
    AND ($4::bigint IS NULL OR r.receipt_id < $4)
ORDER BY r.receipt_id DESC
LIMIT $5
