-- Large files under way, as the role `sync`.

-- name: wait_for_turn
-- The same lock as that of one transaction (feeds.sql), for a whole session.
SELECT pg_advisory_lock(hashtextextended('feed/' || $1 || '/' || $2, 0))

-- name: end_turn
-- Another file of the source may be taken.
SELECT pg_advisory_unlock(hashtextextended('feed/' || $1 || '/' || $2, 0))

-- name: enter_city
-- The city of this transaction.
SELECT set_config('kiosk.municipality', $1, true)

-- name: forget_others
-- What was left of other files ($3 is this one) of the source.
DELETE FROM issuance.feed_staged WHERE municipality_code = $1 AND source = $2 AND which <> $3

-- name: reached
-- How many records of the file are staged.
SELECT coalesce(max(first_record + records - 1), 0) FROM issuance.feed_staged WHERE municipality_code = $1 AND source = $2

-- name: stage
-- One batch.
INSERT INTO issuance.feed_staged (municipality_code, source, which, first_record, records, sound, aside)
VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: unstage
-- Sound records, as the temporary table of their source ($2) has them: the columns of a row are those of the table itself.
INSERT INTO pg_temp.fed_record
SELECT r.*
FROM issuance.feed_staged AS s
CROSS JOIN LATERAL jsonb_populate_recordset(NULL::pg_temp.fed_record, s.sound) AS r
WHERE s.municipality_code = $1 AND s.source = $2

-- name: unstage_aside
-- The records that could not be read.
INSERT INTO pg_temp.fed_aside (line, item, reason, record_key, number)
SELECT r.line, r.item, r.reason, r.record_key, r.number
FROM issuance.feed_staged AS s
CROSS JOIN LATERAL jsonb_to_recordset(s.aside) AS r (line integer, item text, reason text, record_key text, number text)
WHERE s.municipality_code = $1 AND s.source = $2

-- name: counts
-- How many records the file has, and how many of them could not be read.
SELECT coalesce(sum(s.records), 0)::bigint AS records, (SELECT count(*) FROM pg_temp.fed_aside) AS aside
FROM issuance.feed_staged AS s
WHERE s.municipality_code = $1 AND s.source = $2

-- name: forget
-- It was applied, or is refused.
DELETE FROM issuance.feed_staged WHERE municipality_code = $1 AND source = $2
